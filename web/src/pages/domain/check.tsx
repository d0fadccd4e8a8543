import { Alert, Anchor, Button, Progress, Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { CheckProgressView } from "#http/migrations";
import { ask, textOf } from "../../api/client.ts";
import { type Live, useLive } from "../../api/live.ts";
import { href } from "../../route.ts";
import { say } from "../../words/check.ts";
import { number } from "../../words/format.ts";

/** Rows that are shown; those that need a look come first. */
const rows = 50;

/** The last Check mailboxes of a domain: it goes on whether or not anybody looks. */
export function useCheck(domain: string): Live<CheckProgressView> {
  return useLive<CheckProgressView>(`/migrations/${encodeURIComponent(domain)}/check?limit=${rows}`);
}

interface CheckProps {
  readonly domain: string;
  readonly live: Live<CheckProgressView>;
}

/** Begins a check; while one goes on it shows that. */
export function CheckButton({ domain, live }: CheckProps) {
  const [isBeginning, setBeginning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const begin = (): void => {
    setBeginning(true);
    setProblem(null);
    ask(`/migrations/${encodeURIComponent(domain)}/check`, "POST", {})
      .then(live.refresh, (error: unknown) => setProblem(textOf(error)))
      .finally(() => setBeginning(false));
  };
  const isRunning = live.value !== null && live.value.began !== null && live.value.ended === null;
  return (
    <>
      {problem === null ? null : (
        <Alert color="orange" variant="light" py={6} role="alert">
          {problem}
        </Alert>
      )}
      <Button onClick={begin} loading={isBeginning || isRunning}>
        {say.check}
      </Button>
    </>
  );
}

/** How far the last check is, and what each mailbox had. */
export function CheckResult({ live: { value: check } }: Pick<CheckProps, "live">) {
  if (check === null || check.began === null) return null;
  const isOver = check.ended !== null;
  return (
    <section aria-label={say.title}>
      <Title order={2} size="h3" mb="xs">
        {say.title}
      </Title>
      <Text role="status">
        {isOver ? say.checked(check.total, check.found) : say.underWay(check.done, check.total, check.found)}
        {check.problems > 0 ? ` ${say.problems(check.problems)}` : ""}
      </Text>
      {isOver ? (
        <Text size="sm" c="dimmed">
          {say.ended(check.ended ?? "")}
        </Text>
      ) : (
        <Progress value={(100 * check.done) / Math.max(1, check.total)} my="xs" aria-label={say.title} />
      )}
      {check.mailboxes.length === 0 ? null : (
        <Table verticalSpacing="xs" className="figures" aria-label={say.each}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say.address}</Table.Th>
              <Table.Th ta="right">{say.listed}</Table.Th>
              <Table.Th ta="right">{say.found}</Table.Th>
              <Table.Th className="wide-only">{say.outcome}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {check.mailboxes.map((one) => (
              <Row key={one.address} row={one} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {check.mailboxes.length < check.total ? (
        <Text size="sm" mt="xs">
          {say.more(check.total - check.mailboxes.length)}
        </Text>
      ) : null}
    </section>
  );
}

function Row({ row }: { row: CheckProgressView["mailboxes"][number] }) {
  const { address, done, listed, found, problem } = row;
  const outcome = done ? (problem ?? say.allHere) : say.looking;
  // Where it could not be looked at, nobody knows what is there.
  const isKnown = done && (problem === null || listed > 0);
  return (
    <Table.Tr>
      <Table.Td className="address">
        <Anchor href={href("mailbox", address)}>{address}</Anchor>
        <Text size="sm" className="narrow-only address">
          {outcome}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{isKnown ? number(listed) : ""}</Table.Td>
      <Table.Td ta="right">{isKnown ? number(found) : ""}</Table.Td>
      <Table.Td className="address wide-only">{outcome}</Table.Td>
    </Table.Tr>
  );
}
