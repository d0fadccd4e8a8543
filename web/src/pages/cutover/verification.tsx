import { Alert, Button, Group, List, Text } from "@mantine/core";
import { useState } from "react";
import type { FindingLine } from "#http/proof-views";
import { Trouble } from "../../api/client.ts";
import { askLines } from "../../api/lines.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { say } from "../../words/cutover.ts";
import { useInterruptible } from "./interruptible.ts";

interface Verified {
  readonly isGood: boolean;
  readonly text: string;
  readonly damaged: readonly string[];
}

const mostDamaged = 100;

/** Reads everything again and holds it against the certificate; it can be stopped, and changes nothing. */
export function Verification({ path }: { path: string }) {
  const [progress, setProgress] = useState("");
  const [outcome, setOutcome] = useState<Verified | null>(null);
  const work = useInterruptible();
  const [isStopped, setStopped] = useState(false);
  const verify = useAction(async () => {
    setOutcome(null);
    setStopped(false);
    const damaged: string[] = [];
    const lines = askLines<FindingLine>(`${path}/verify`, "POST", {}, work.begin());
    try {
      for await (const line of lines) {
        if (line.kind === "progress") setProgress(say.proof.verified(line.verified, line.octets));
        if (line.kind === "damaged" && damaged.length < mostDamaged)
          damaged.push(say.proof.damaged(line.address, line.uidl, line.problem));
        if (line.kind === "end") return setOutcome(outcomeOf(line, damaged));
      }
      throw new Trouble("cut-off", say.proof.cutOff);
    } finally {
      setProgress("");
    }
  });
  const stop = (): void => {
    setStopped(true);
    work.stop();
  };
  return (
    <>
      <Group>
        <Button variant="default" loading={verify.isBusy} onClick={verify.start}>
          {say.proof.verify}
        </Button>
        {verify.isBusy ? (
          <Button variant="default" onClick={stop}>
            {say.proof.stop}
          </Button>
        ) : null}
        <Text size="sm" role="status" className="figures">
          {progress}
        </Text>
      </Group>
      <Text size="sm">{say.proof.verifyExplain}</Text>
      {isStopped ? null : <ActionProblem action={verify} />}
      {outcome === null ? null : (
        <Alert color={outcome.isGood ? "teal" : "red"} variant="light" role="status">
          {outcome.text}
          {outcome.damaged.length === 0 ? null : (
            <List className="address" size="sm">
              {outcome.damaged.map((line) => (
                <List.Item key={line}>{line}</List.Item>
              ))}
            </List>
          )}
        </Alert>
      )}
    </>
  );
}

function outcomeOf(end: Extract<FindingLine, { kind: "end" }>, damaged: readonly string[]): Verified {
  const isGood = end.damaged === 0 && end.wrongRoots === 0;
  const text = isGood
    ? say.proof.good(end.verified, end.deletedSince)
    : say.proof.bad(end.damaged, end.wrongRoots);
  return { isGood, text, damaged };
}
