import { Alert, Group, Text } from "@mantine/core";
import type { MigrationStatusView } from "#http/migrations";
import { ask } from "../../api/client.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { useKept } from "../../parts/kept.ts";
import { say } from "../../words/guide.ts";
import { MessageEditor } from "../domain-settings/message-editor.tsx";
import { oldServerText } from "../domain-settings/old-server-form.ts";
import { useOldServer, useRehearsal } from "./step-old-server.tsx";

interface StepMessageProps {
  readonly domain: string;
  readonly status: MigrationStatusView | null;
  readonly onDone: () => void;
}

/** The message that each person finds, and the beginning of the migration. */
export function StepMessage({ domain, status, onDone }: StepMessageProps) {
  const { message } = say;
  const [fields] = useOldServer(domain);
  const [report] = useRehearsal(domain);
  const [kept, keep] = useKept<string>(`guide message ${domain}`);
  const text = kept ?? "";
  if (status?.on)
    return (
      <Alert color="teal" variant="light">
        {message.isOn}
      </Alert>
    );
  const begin = async (): Promise<void> => {
    const body = { ...oldServerText(fields), message: text === "" ? null : text };
    await ask(`/migrations/${encodeURIComponent(domain)}`, "PUT", body);
    onDone();
  };
  const isDescribed = fields.host.trim() !== "";
  return (
    <>
      <Text>{message.explain}</Text>
      <MessageEditor domain={domain} text={text} set={keep} />
      <Text>{isDescribed ? message.beginExplain : say.needsOld}</Text>
      {isDescribed && report === null ? <Text size="sm">{message.notRehearsed}</Text> : null}
      {report?.verdict === "stop" ? (
        <Alert color="red" variant="light">
          {say.rehearsal.verdicts.stop}
        </Alert>
      ) : null}
      <Group>
        <ActionButton act={begin} disabled={!isDescribed}>
          {message.begin}
        </ActionButton>
      </Group>
    </>
  );
}
