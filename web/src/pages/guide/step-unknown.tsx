import { Alert, Group, SimpleGrid, Text, TextInput } from "@mantine/core";
import type { DomainView } from "#http/domains";
import type { MigrationSettingsView } from "#http/migration-settings";
import { ask, Trouble } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { useKept } from "../../parts/kept.ts";
import { say } from "../../words/guide.ts";
import { parseHosts } from "../domain-settings/host-list.ts";
import { oldServerFields } from "../domain-settings/old-server-form.ts";
import { TryRoute } from "../domain-settings/route-settings.tsx";
import { Consequence, useRuleCheck } from "../domain-settings/rule-check.tsx";
import type { GuideState } from "./guide.tsx";
import { useOldServer } from "./step-old-server.tsx";
import { routeNameFor } from "./steps.ts";

type Local = Extract<DomainView, { kind: "local" }>;

/** Mail for those who have not come: a route to the old server, and unknown users piped there. */
export function StepUnknown({ state, domain }: { state: GuideState; domain: Local }) {
  const isPiped = domain.unknownUsers.includes("|");
  const checked = useRuleCheck(domain.name, domain.unknownUsers);
  return (
    <>
      <Text>{say.unknown.explain}</Text>
      <Alert color={isPiped ? "teal" : "orange"} variant="light" className="address">
        {say.unknown.isPiped(domain.unknownUsers)} {isPiped ? "" : say.unknown.other}
      </Alert>
      {isPiped ? (
        <>
          {/* What is found out a moment later stands below: no button moves away under a hand. */}
          <TryRoute name={domain.unknownUsers.slice(domain.unknownUsers.lastIndexOf("|") + 1)} />
          <Consequence checked={checked} domain={domain.name} />
        </>
      ) : (
        <MakePipe state={state} domain={domain} />
      )}
    </>
  );
}

function MakePipe({ state, domain }: { state: GuideState; domain: Local }) {
  const { unknown } = say;
  const live = useLive<MigrationSettingsView>(`/migrations/${encodeURIComponent(domain.name)}/settings`);
  const [described] = useOldServer(domain.name);
  const [kept, keep] = useKept<{ readonly name: string; readonly host: string }>(`guide pipe ${domain.name}`);
  const settings = live.value?.settings ?? null;
  const old = settings === null ? described : oldServerFields(settings);
  const { name, host } = kept ?? { name: routeNameFor(domain.name), host: old.host };
  const make = async (): Promise<void> => {
    const hosts = parseHosts(host);
    if ("wrong" in hosts || hosts.length === 0)
      throw new Trouble("invalid", unknown.wrong("wrong" in hosts ? hosts.wrong : ""));
    const there = state.domains.find((one) => one.name === name.trim());
    if (there === undefined) await ask("/domains", "POST", { kind: "remote", name: name.trim(), hosts });
    else if (there.kind !== "remote") throw new Trouble("exists", unknown.taken(there.name));
    else await ask(`/domains/${encodeURIComponent(there.name)}`, "PATCH", { hosts });
    const rule = `*@${domain.name}|${name.trim()}`;
    await ask(`/domains/${encodeURIComponent(domain.name)}`, "PATCH", { unknownUsers: rule });
    keep(null);
    state.refresh();
  };
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={unknown.name}
          maxLength={255}
          value={name}
          onChange={(event) => keep({ name: event.currentTarget.value, host })}
        />
        <TextInput
          label={unknown.host}
          description={unknown.hostHint}
          maxLength={255}
          value={host}
          onChange={(event) => keep({ name, host: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Group>
        <ActionButton act={make} disabled={name.trim() === "" || host.trim() === ""}>
          {unknown.make}
        </ActionButton>
      </Group>
    </>
  );
}
