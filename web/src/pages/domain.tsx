import { Alert, Button, Group, Stack, Title } from "@mantine/core";
import { useState } from "react";
import type { CheckView, MigrationStatusView } from "#http/migrations";
import { ask, textOf } from "../api/client.ts";
import { useLive } from "../api/live.ts";
import type { PageProps } from "../pages.tsx";
import { MissingPeople } from "../parts/missing-people.tsx";
import { MoveBar } from "../parts/move-bar.tsx";
import { Notices } from "../parts/notices.tsx";
import { TransferTable } from "../parts/transfer-table.tsx";
import { progressOf } from "../progress.ts";
import { say } from "../words/domain.ts";
import { say as overview } from "../words/overview.ts";

/** One domain: everybody who has come, who has not, and the button that looks for mail on the old server. */
export function DomainPage({ subject: domain }: PageProps) {
  const path = `/migrations/${encodeURIComponent(domain)}`;
  const live = useLive<MigrationStatusView>(path);
  const status = live.value;
  return (
    <Stack>
      <Notices live={live} />
      <Group justify="space-between">
        <Title order={1} className="address">
          {domain}
        </Title>
        {status?.on ? <CheckButton path={path} onDone={live.refresh} /> : null}
      </Group>
      {status === null ? null : (
        <>
          <div>
            <MoveBar progress={progressOf(status)} label={overview.headline(progressOf(status))} />
          </div>
          <TransferTable transfers={status.transfers} />
          <MissingPeople missing={status.missing} />
        </>
      )}
    </Stack>
  );
}

/** Check mailboxes: sweeps them all, and tells what came of it, mailbox by mailbox where it did not work. */
function CheckButton({ path, onDone }: { path: string; onDone: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<{ readonly text: string; readonly isGood: boolean } | null>(null);
  const check = (): void => {
    setBusy(true);
    setOutcome(null);
    ask<CheckView>(`${path}/check`, "POST", { wait: true })
      .then(({ mailboxes }) => {
        const failed = mailboxes.filter(({ problem }) => problem !== null);
        const found = mailboxes.reduce((sum, one) => sum + one.found, 0);
        const lines = [
          say.checked(mailboxes.length, found),
          ...failed.slice(0, 10).map(({ address, problem }) => say.notAll(address, problem ?? "")),
        ];
        setOutcome({ text: lines.join(" "), isGood: failed.length === 0 });
        onDone();
      })
      .catch((error: unknown) => setOutcome({ text: textOf(error), isGood: false }))
      .finally(() => setBusy(false));
  };
  return (
    <Group>
      {outcome === null ? null : (
        <Alert color={outcome.isGood ? "teal" : "orange"} variant="light" py={6} role="status">
          {outcome.text}
        </Alert>
      )}
      <Button onClick={check} loading={isBusy}>
        {say.check}
      </Button>
    </Group>
  );
}
