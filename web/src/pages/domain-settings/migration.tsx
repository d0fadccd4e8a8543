import { Anchor, NativeSelect, SimpleGrid, Text, TextInput, Title } from "@mantine/core";
import type { MigrationSettingsView } from "#http/migration-settings";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { useDraft } from "../../parts/draft.tsx";
import { Notices } from "../../parts/notices.tsx";
import { href } from "../../route.ts";
import { say } from "../../words/domain-settings.ts";
import { MessageEditor } from "./message-editor.tsx";
import { type OldServerFields, oldServerFields, oldServerText } from "./old-server-form.ts";
import { OldServerInputs } from "./old-server-inputs.tsx";
import { SaveBar } from "./save-bar.tsx";
import { Section } from "./section.tsx";
import { SwitchOff } from "./switch-off.tsx";

type Settings = NonNullable<MigrationSettingsView["settings"]>;
const seenModes = ["status", "all", "none"] as const;

/** How a domain's migration is done; it begins in the guide. */
export function MigrationSettings({ domain }: { domain: string }) {
  const { migration } = say;
  const path = `/migrations/${encodeURIComponent(domain)}`;
  const live = useLive<MigrationSettingsView>(`${path}/settings`);
  const view = live.value;
  return (
    <Section title={migration.title}>
      {live.isUnreachable ? null : <Notices live={live} />}
      {view === null ? null : view.settings === null ? (
        <Text>
          {migration.off}{" "}
          <Anchor inherit underline="always" href={href("guide")}>
            {migration.guide}
          </Anchor>
        </Text>
      ) : (
        <>
          <Running domain={domain} settings={view.settings} tag={live.tag} onDone={live.refresh} />
          <Text size="sm">{migration.sweep(view.sweepInterval)}</Text>
          <SwitchOff domain={domain} onDone={live.refresh} />
        </>
      )}
    </Section>
  );
}

interface Fields {
  readonly old: OldServerFields;
  readonly message: string;
  readonly seen: Settings["seen"];
  readonly limits: Settings["limits"];
}

interface RunningProps {
  readonly domain: string;
  readonly settings: Settings;
  /** Of the settings as they are shown here. */
  readonly tag: string | null;
  readonly onDone: () => void;
}

function Running({ domain, settings, tag, onDone }: RunningProps) {
  const { migration } = say;
  const current: Fields = {
    old: oldServerFields(settings),
    message: settings.message ?? "",
    seen: settings.seen,
    limits: settings.limits,
  };
  const draft = useDraft<Fields>(`migration ${domain}`, current);
  const fields = draft.value;
  const set = (change: Partial<Fields>): void => draft.set({ ...fields, ...change });
  const limit = (change: Partial<Fields["limits"]>): void => set({ limits: { ...fields.limits, ...change } });
  const save = async (): Promise<void> => {
    const { old, message, seen, limits } = fields;
    const body = { ...oldServerText(old), message: message === "" ? null : message, seen, limits };
    await ask(`/migrations/${encodeURIComponent(domain)}`, "PUT", body, tag);
    onDone();
  };
  return (
    <>
      <Title order={3} size="h4">
        {migration.oldServer}
      </Title>
      <OldServerInputs fields={fields.old} set={(change) => set({ old: { ...fields.old, ...change } })} />
      <NativeSelect
        label={migration.seen}
        data={seenModes.map((value) => ({ value, label: migration.seenModes[value] }))}
        value={fields.seen}
        onChange={(event) =>
          set({ seen: seenModes.find((one) => one === event.currentTarget.value) ?? "status" })
        }
      />
      <Title order={3} size="h4">
        {migration.limits}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput
          label={migration.bandwidth}
          description={migration.bandwidthHint}
          maxLength={100}
          value={fields.limits.bandwidth}
          onChange={(event) => limit({ bandwidth: event.currentTarget.value })}
        />
        <TextInput
          label={migration.connections}
          description={migration.connectionsHint}
          maxLength={100}
          value={fields.limits.connections}
          onChange={(event) => limit({ connections: event.currentTarget.value })}
        />
        <TextInput
          label={migration.copyHours}
          description={migration.copyHoursHint}
          maxLength={1000}
          value={fields.limits.copyHours}
          onChange={(event) => limit({ copyHours: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Title order={3} size="h4">
        {migration.message}
      </Title>
      <MessageEditor domain={domain} text={fields.message} set={(message) => set({ message })} />
      <Text size="sm">{migration.savedOld}</Text>
      <SaveBar draft={draft} shown={shown} save={save} refresh={onDone} />
    </>
  );
}

function shown({ old, message, seen, limits }: Fields): string {
  const { from, tls, loginAs } = oldServerText(old);
  const words = [from, tls, loginAs ?? say.old.logins.both, say.migration.seenModes[seen]];
  return [...words, ...Object.values(limits), message.slice(0, 200)].filter((one) => one !== "").join("; ");
}
