import {
  Alert,
  Anchor,
  Button,
  Group,
  NativeSelect,
  Progress,
  Stack,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { useEffect, useState } from "react";
import type { CheckProgressView } from "#http/migrations";
import { ask, textOf } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { type CursorPages, Pager, useCursorPages } from "../../parts/cursor-pages.tsx";
import { useLast } from "../../parts/last-value.ts";
import { href } from "../../route.ts";
import { say } from "../../words/check.ts";
import { number } from "../../words/format.ts";
import { say as mailboxes } from "../../words/mailboxes.ts";

/** Rows of a page; those that need a look come first. */
const rows = 50;
type Outcome = keyof CheckProgressView["counts"];
const outcomes: readonly Outcome[] = ["problem", "found", "nothing-new", "not-done"];

/** The last check of a domain, and what of it is looked at. */
export interface Check {
  /** Null: not known yet. */
  readonly value: CheckProgressView | null;
  readonly refresh: () => void;
  readonly pages: CursorPages;
  /** "": all. */
  readonly outcome: Outcome | "";
  readonly setOutcome: (outcome: Outcome | "") => void;
}

/** The last Check mailboxes of a domain: it goes on whether or not anybody looks. */
export function useCheck(domain: string): Check {
  const [outcome, setOutcome] = useState<Outcome | "">("");
  const pages = useCursorPages(`${domain} ${outcome}`, rows);
  const query = new URLSearchParams({ limit: String(rows), cursor: pages.cursor });
  if (outcome !== "") query.set("outcome", outcome);
  const live = useLive<CheckProgressView>(`/migrations/${encodeURIComponent(domain)}/check?${query}`);
  return { value: useLast(live.value), refresh: live.refresh, pages, outcome, setOutcome };
}

interface CheckProps {
  readonly domain: string;
  readonly check: Check;
}

/** Begins a check; while one goes on it shows that. */
export function CheckButton({ domain, check }: CheckProps) {
  const [isBeginning, setBeginning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const begin = (): void => {
    setBeginning(true);
    setProblem(null);
    ask(`/migrations/${encodeURIComponent(domain)}/check`, "POST", {})
      .then(check.refresh, (error: unknown) => setProblem(textOf(error)))
      .finally(() => setBeginning(false));
  };
  const isRunning = check.value !== null && check.value.began !== null && check.value.ended === null;
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
export function CheckResult({ check: { value: check, ...looked } }: Pick<CheckProps, "check">) {
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
      {check.total === 0 ? null : <Results check={check} {...looked} />}
    </section>
  );
}

interface ResultsProps extends Omit<Check, "value" | "refresh"> {
  readonly check: CheckProgressView;
}

/** A page of the mailboxes that were asked for. */
function Results({ check, outcome, setOutcome, pages }: ResultsProps) {
  const { counts, next } = check;
  const isBehindAll = check.mailboxes.length === 0 && pages.before > 0;
  const { earlier } = pages;
  // Of those that are not done there are fewer and fewer.
  useEffect(() => {
    if (isBehindAll) earlier();
  }, [isBehindAll, earlier]);
  return (
    <Stack gap="xs" mt="xs">
      <Group>
        <NativeSelect
          label={say.filter}
          value={outcome}
          onChange={(event) => setOutcome(event.currentTarget.value as Outcome | "")}
          data={[
            { value: "", label: say.all },
            ...outcomes.map((value) => ({
              value,
              label: mailboxes.withCount(say.outcomes[value], counts[value]),
            })),
          ]}
        />
      </Group>
      {check.mailboxes.length === 0 ? (
        <Text>{say.nobody}</Text>
      ) : (
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
      <Pager
        pages={pages}
        shown={check.mailboxes.length}
        total={outcome === "" ? check.total : counts[outcome]}
        next={next}
      />
    </Stack>
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
