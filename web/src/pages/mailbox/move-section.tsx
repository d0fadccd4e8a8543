import { Badge, Button, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { RosterRowView } from "#http/roster";
import { ask } from "../../api/client.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { transferNote } from "../../parts/transfer-note.ts";
import { octets, time } from "../../words/format.ts";
import { say } from "../../words/mailbox.ts";
import { say as mailboxes } from "../../words/mailboxes.ts";

const { move: words } = say;

interface MoveSectionProps {
  readonly domain: string;
  readonly row: RosterRowView | null;
  readonly mayAct: boolean;
  readonly onDone: () => void;
}

/** How far the move of one mailbox is, and what can be done about it. */
export function MoveSection({ domain, row, mayAct, onDone }: MoveSectionProps) {
  if (row === null) return null;
  const { transfer, stage } = row;
  return (
    <section aria-labelledby="move">
      <Stack gap="xs">
        <Group gap="sm">
          <Title order={2} size="h3" id="move">
            {words.title}
          </Title>
          <Badge variant="dot" tt="none">
            {mailboxes.stages[stage]}
          </Badge>
        </Group>
        {transfer === null ? (
          <Text>{stage === "prepared" ? words.prepared : words.none}</Text>
        ) : (
          <>
            <Progress
              value={
                transfer.messages === 0
                  ? 100
                  : (100 * Math.min(transfer.messagesHere, transfer.messages)) / transfer.messages
              }
              aria-label={words.title}
            />
            <Text className="figures">
              {words.progress(
                transfer.messagesHere,
                transfer.messages,
                octets(transfer.octetsHere),
                octets(transfer.octets),
              )}
            </Text>
            <Text size="sm" className="address">
              {transferNote(transfer)}
            </Text>
            {transfer.lastSweep === null || transfer.reason === null ? null : (
              <Text size="sm">{words.checked(time(transfer.lastSweep))}</Text>
            )}
            {mayAct ? <Steering domain={domain} row={row} onDone={onDone} /> : null}
          </>
        )}
      </Stack>
    </section>
  );
}

function Steering({
  domain,
  row: { address, transfer },
  onDone,
}: Omit<MoveSectionProps, "row" | "mayAct"> & { readonly row: RosterRowView }) {
  const [isAsking, setAsking] = useState(false);
  const steer = async (act: string, more: object = {}) => {
    const path = `/migrations/${encodeURIComponent(domain)}/transfers`;
    await ask(path, "POST", { act, address, ...more });
    onDone();
  };
  const state = transfer?.state;
  if (state === undefined || state === "settled" || state === "returned") return null;
  return (
    <Group gap="xs" align="start">
      {state === "paused" ? (
        <>
          <ActionButton act={() => steer("resume")}>{words.resume}</ActionButton>
          <Button variant="default" onClick={() => setAsking(true)}>
            {words.resumeAll}
          </Button>
          <Confirm
            isOpen={isAsking}
            title={words.resumeAll}
            button={words.resume}
            isDestructive
            act={() => steer("resume", { takeWhatDeletes: true })}
            onClose={() => setAsking(false)}
          >
            <Text>{words.resumeAllWarning}</Text>
          </Confirm>
        </>
      ) : (
        <>
          <ActionButton act={() => steer("retry")} variant="default">
            {words.retry}
          </ActionButton>
          <ActionButton act={() => steer("pause")} variant="default">
            {words.pause}
          </ActionButton>
        </>
      )}
    </Group>
  );
}
