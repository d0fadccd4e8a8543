import { Alert, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { ReturnView } from "#http/returns";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Notices } from "../../parts/notices.tsx";
import { say } from "../../words/mailbox.ts";

const { back: words } = say;

/** Where the way back of one person stands, and how they come over again. */
export function BackSection({ address, onDone }: { address: string; onDone: () => void }) {
  const path = `/returns/${encodeURIComponent(address)}`;
  const live = useLive<ReturnView>(path);
  const [undone, setUndone] = useState<string | null>(null);
  const way = live.value;
  const undo = async () => {
    const { isHere } = await ask<{ readonly isHere: boolean }>(`${path}/undo`, "POST", {});
    setUndone(isHere ? words.undoneAtOnce : words.undone);
    onDone();
  };
  return (
    <section aria-labelledby="back">
      <Stack gap="xs" align="start">
        <Title order={2} size="h3" id="back">
          {words.where}
        </Title>
        <Notices live={live} />
        {way === null ? null : (
          <>
            <Text>{way.reason ?? words.phases[way.phase]}</Text>
            <Text size="sm" className="figures">
              {words.sent(way.accepted, way.sent, way.same + way.changed)}
            </Text>
            {way.missing.map(({ queueId, messageId, why }) => (
              <Text key={queueId} size="sm" className="address">
                <bdi>{messageId ?? queueId}</bdi>: {why}
              </Text>
            ))}
            {way.mayCome ? (
              <Alert color="teal" variant="light" role="status">
                {undone ?? words.undone}
              </Alert>
            ) : (
              <ActionButton act={undo}>{words.undo}</ActionButton>
            )}
          </>
        )}
      </Stack>
    </section>
  );
}
