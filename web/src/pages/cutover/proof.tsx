import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { CutoverView } from "#http/cutover";
import type { CertificateView, CertifyingLine } from "#http/proof-views";
import { Trouble } from "../../api/client.ts";
import { askLines } from "../../api/lines.ts";
import { useLive } from "../../api/live.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { Notices } from "../../parts/notices.tsx";
import { say } from "../../words/cutover.ts";
import { Facts } from "./facts.tsx";
import { useInterruptible } from "./interruptible.ts";
import { ReportSection } from "./report-section.tsx";
import { Verification } from "./verification.tsx";

interface ProofProps {
  readonly domain: string;
  readonly isMigrating: boolean;
  readonly isAdministrator: boolean;
  readonly last: CutoverView | null;
}

/** The newest certificate, how it is made and verified again, and the report. */
export function Proof({ domain, isMigrating, isAdministrator, last }: ProofProps) {
  const path = `/migrations/${encodeURIComponent(domain)}`;
  const live = useLive<readonly CertificateView[]>(`${path}/certificates`);
  const newest = live.value?.[0] ?? null;
  const isBusy = last?.state === "running" || last?.state === "undoing";
  return (
    <Stack component="section" aria-labelledby="proof" gap="sm">
      <Title order={2} size="h3" id="proof">
        {say.proof.title}
      </Title>
      <Notices live={live} />
      {newest === null ? (
        <Text>{live.value === null ? "" : say.proof.none}</Text>
      ) : (
        <>
          <Alert color={newest.closes ? "teal" : "red"} variant="light">
            {newest.closes ? say.proof.closes : say.proof.open}
          </Alert>
          <Facts certificate={newest} />
          {(live.value?.length ?? 0) > 1 ? (
            <Text size="sm" c="dimmed">
              {say.proof.earlier((live.value?.length ?? 1) - 1)}
            </Text>
          ) : null}
        </>
      )}
      {isAdministrator ? (
        <Stack gap="sm" className="on-screen">
          {isMigrating && !isBusy ? <MakeButton path={path} onDone={live.refresh} /> : null}
          {newest === null ? null : <Verification path={path} />}
        </Stack>
      ) : null}
      <ReportSection path={path} domain={domain} certificate={isMigrating && !isBusy ? null : newest} />
    </Stack>
  );
}

/** Compares with the old server now, mailbox by mailbox. Whoever goes away ends it. */
function MakeButton({ path, onDone }: { path: string; onDone: () => void }) {
  const [progress, setProgress] = useState("");
  const work = useInterruptible();
  const make = useAction(async () => {
    const lines = askLines<CertifyingLine>(`${path}/certificates`, "POST", undefined, work.begin());
    try {
      for await (const line of lines) {
        if (line.kind === "progress") setProgress(say.proof.compared(line.compared, line.mailboxes));
        else if (line.kind === "problem") throw new Trouble("problem", line.detail);
        else return onDone();
      }
      throw new Trouble("cut-off", say.proof.cutOff);
    } finally {
      setProgress("");
    }
  });
  return (
    <>
      <Group>
        <Button variant="default" loading={make.isBusy} onClick={make.start}>
          {say.proof.make}
        </Button>
        <Text size="sm" role="status" className="figures">
          {progress}
        </Text>
      </Group>
      <ActionProblem action={make} />
    </>
  );
}
