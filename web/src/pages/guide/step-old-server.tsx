import {
  Alert,
  Anchor,
  Button,
  Checkbox,
  Group,
  PasswordInput,
  SimpleGrid,
  Text,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import type { MigrationStatusView } from "#http/migrations";
import type { RehearsalView } from "#http/rehearsal";
import { ask } from "../../api/client.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { useKept } from "../../parts/kept.ts";
import { href } from "../../route.ts";
import { say } from "../../words/guide.ts";
import {
  noOldServer,
  type OldServerFields,
  oldServerFields,
  oldServerText,
} from "../domain-settings/old-server-form.ts";
import { OldServerInputs } from "../domain-settings/old-server-inputs.tsx";
import { RehearsalReport, type Settings } from "./rehearsal-report.tsx";

/** The old server as it is being described, for a domain that does not migrate yet. */
export function useOldServer(domain: string) {
  const [kept, keep] = useKept<OldServerFields>(`guide old server ${domain}`);
  return [kept ?? noOldServer, keep] as const;
}

/** The report of the last rehearsal in this window. */
export function useRehearsal(domain: string) {
  return useKept<RehearsalView>(`guide rehearsal ${domain}`);
}

interface StepOldServerProps {
  readonly domain: string;
  readonly status: MigrationStatusView | null;
  readonly onReady: () => void;
}

/** Describes the old server and rehearses the move. */
export function StepOldServer({ domain, status, onReady }: StepOldServerProps) {
  const { old } = say;
  const [fields, keep] = useOldServer(domain);
  const [report, keepReport] = useRehearsal(domain);
  const [login, keepLogin] = useKept<{ readonly person: string; readonly retrieve: boolean }>(
    `guide login ${domain}`,
  );
  const { person, retrieve } = login ?? { person: "", retrieve: true };
  const [password, setPassword] = useState("");
  const action = useAction(async () => {
    keepReport(null);
    const address = person.includes("@") ? person.trim() : `${person.trim()}@${domain}`;
    const logins = person.trim() === "" ? [] : [{ address, password }];
    const body = { ...oldServerText(fields), logins, retrieve };
    keepReport(await ask<RehearsalView>(`/migrations/${encodeURIComponent(domain)}/rehearsal`, "POST", body));
  });
  if (status?.on) return <IsOn domain={domain} server={status.oldServer ?? ""} />;
  const take = ({ from, tls, loginAs }: Settings): void => {
    const before = oldServerText(fields);
    keep(
      oldServerFields({
        from: from ?? before.from,
        tls: tls ?? before.tls,
        loginAs: loginAs ?? before.loginAs,
      }),
    );
  };
  return (
    <>
      <Text>{old.explain}</Text>
      <OldServerInputs fields={fields} set={(change) => keep({ ...fields, ...change })} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={old.person}
          maxLength={512}
          autoComplete="off"
          placeholder={`anna@${domain}`}
          value={person}
          onChange={(event) => keepLogin({ person: event.currentTarget.value, retrieve })}
        />
        <PasswordInput
          label={old.password}
          maxLength={1000}
          autoComplete="off"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      </SimpleGrid>
      <Checkbox
        label={old.retrieve}
        description={old.retrieveHint}
        checked={retrieve}
        onChange={(event) => keepLogin({ person, retrieve: event.currentTarget.checked })}
      />
      <Group>
        <Button loading={action.isBusy} disabled={fields.host.trim() === ""} onClick={action.start}>
          {report === null ? old.rehearse : old.again}
        </Button>
        {report === null || report.verdict === "stop" ? null : (
          <Button variant="default" onClick={onReady}>
            {say.next}
          </Button>
        )}
      </Group>
      {action.isBusy ? <Text role="status">{old.running}</Text> : null}
      <ActionProblem action={action} />
      {report === null ? null : (
        <RehearsalReport report={report} current={oldServerText(fields)} onTake={take} />
      )}
    </>
  );
}

function IsOn({ domain, server }: { domain: string; server: string }) {
  return (
    <Alert color="teal" variant="light" className="address">
      {say.old.isOn(server)}{" "}
      <Anchor inherit underline="always" href={href("domain-settings", domain)}>
        {say.old.change}
      </Anchor>
    </Alert>
  );
}
