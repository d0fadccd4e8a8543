import {
  Alert,
  Button,
  Checkbox,
  List,
  NativeSelect,
  Radio,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import type { TriedView } from "#http/domain-checks";
import type { DomainView } from "#http/domains";
import { ask, Trouble } from "../../api/client.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { useDraft } from "../../parts/draft.tsx";
import { say } from "../../words/domain-settings.ts";
import { hostsText, parseHosts } from "./host-list.ts";
import { SaveBar } from "./save-bar.tsx";
import { Section } from "./section.tsx";

type Remote = Extract<DomainView, { kind: "remote" }>;
type Mode = Remote["tls"]["mode"];
const modes: readonly Mode[] = ["opportunistic", "verify", "pin", "none"];
const versions = ["1.2", "1.3", "1.1", "1.0"] as const;

interface Fields {
  readonly deliver: Remote["deliver"];
  readonly hosts: string;
  readonly mode: Mode;
  readonly pin: string;
  readonly allowExpired: boolean;
  readonly minVersion: (typeof versions)[number];
}

interface RouteSettingsProps {
  readonly domain: Remote;
  /** Of the domain as it is shown here. */
  readonly tag: string | null;
  readonly onDone: () => void;
}

/** How a remote domain is reached, and whether it answers. */
export function RouteSettings({ domain, tag, onDone }: RouteSettingsProps) {
  const { route } = say;
  const draft = useDraft<Fields>(`route ${domain.name}`, fieldsOf(domain));
  const fields = draft.value;
  const set = (change: Partial<Fields>): void => draft.set({ ...fields, ...change });
  const save = async (): Promise<void> => {
    await ask(`/domains/${encodeURIComponent(domain.name)}`, "PATCH", bodyOf(fields), tag);
    onDone();
  };
  return (
    <Section title={route.title} explain={route.explain}>
      <Radio.Group
        label={route.deliver}
        value={fields.deliver}
        onChange={(deliver) => set({ deliver: deliver === "hold" ? "hold" : "immediately" })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="immediately" label={route.deliverModes.immediately} />
          <Radio value="hold" label={route.deliverModes.hold} />
        </Stack>
      </Radio.Group>
      <Textarea
        label={route.hosts}
        description={route.hostsHint}
        rows={2}
        value={fields.hosts}
        onChange={(event) => set({ hosts: event.currentTarget.value })}
      />
      <NativeSelect
        label={route.tls}
        data={modes.map((mode) => ({ value: mode, label: route.tlsModes[mode] }))}
        value={fields.mode}
        onChange={(event) =>
          set({ mode: modes.find((mode) => mode === event.currentTarget.value) ?? "none" })
        }
      />
      {fields.mode === "pin" ? (
        <TextInput
          label={route.pin}
          value={fields.pin}
          onChange={(event) => set({ pin: event.currentTarget.value })}
        />
      ) : null}
      {fields.mode === "verify" ? (
        <Checkbox
          label={route.allowExpired}
          checked={fields.allowExpired}
          onChange={(event) => set({ allowExpired: event.currentTarget.checked })}
        />
      ) : null}
      {fields.mode === "none" ? null : (
        <NativeSelect
          label={route.minVersion}
          data={[...versions]}
          value={fields.minVersion}
          onChange={(event) =>
            set({ minVersion: versions.find((one) => one === event.currentTarget.value) ?? "1.2" })
          }
        />
      )}
      <SaveBar draft={draft} shown={shown} save={save} refresh={onDone} />
      <TryRoute name={domain.name} />
    </Section>
  );
}

/** Asks the servers of a route whether they answer. */
export function TryRoute({ name }: { name: string }) {
  const { route } = say;
  const [tried, setTried] = useState<TriedView["servers"] | null>(null);
  const action = useAction(async () => {
    setTried(null);
    const { servers } = await ask<TriedView>(`/domains/${encodeURIComponent(name)}/test`, "POST");
    setTried(servers);
  });
  const isGood = tried?.some((one) => one.isGood) ?? false;
  return (
    <Stack gap="xs" align="start">
      <Text size="sm">{route.testExplain}</Text>
      <Button variant="default" loading={action.isBusy} onClick={action.start}>
        {route.test}
      </Button>
      <ActionProblem action={action} />
      {tried === null ? null : (
        <Alert color={isGood ? "teal" : "red"} variant="light" role="status" className="address">
          {tried.length === 0 ? route.nothing : null}
          <List>
            {tried.map((one) => (
              <List.Item key={one.host + one.said}>
                {one.host}{" "}
                {one.isGood ? `${route.good} ${one.isSecure ? route.secure : route.clear}` : route.bad}:{" "}
                {one.said}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}

function fieldsOf({ deliver, hosts, tls }: Remote): Fields {
  return {
    deliver,
    hosts: hostsText(hosts),
    mode: tls.mode,
    pin: tls.mode === "pin" ? tls.sha256 : "",
    allowExpired: tls.mode === "verify" && tls.allowExpired === true,
    minVersion: ("minVersion" in tls ? tls.minVersion : undefined) ?? "1.2",
  };
}

/** Throws Trouble where a host cannot be meant. */
function bodyOf({ deliver, hosts, mode, pin, allowExpired, minVersion }: Fields): unknown {
  const parsed = parseHosts(hosts);
  if ("wrong" in parsed) throw new Trouble("invalid", say.route.hostWrong(parsed.wrong));
  const sha256 = pin.replace(/[^0-9a-f]/gi, "").toLowerCase();
  const tls = {
    mode,
    ...(mode === "pin" ? { sha256 } : {}),
    ...(mode === "verify" && allowExpired ? { allowExpired } : {}),
    ...(mode === "none" || minVersion === "1.2" ? {} : { minVersion }),
  };
  return { deliver, hosts: parsed, tls };
}

function shown({ deliver, hosts, mode }: Fields): string {
  const { route } = say;
  return `${hosts.replaceAll("\n", ", ") || "MX"}; ${route.deliverModes[deliver]}; ${route.tlsModes[mode]}`;
}
