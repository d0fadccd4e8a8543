import { Anchor, Group, NativeSelect, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { LedgerRowView, LedgerView } from "#http/ledger";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Pager, useCursorPages } from "../../parts/cursor-pages.tsx";
import { useLast } from "../../parts/last-value.ts";
import { Notices } from "../../parts/notices.tsx";
import { number, octets, time } from "../../words/format.ts";
import { say } from "../../words/mailbox.ts";
import { say as mailboxes } from "../../words/mailboxes.ts";

const { ledger: words } = say;
const pageSize = 50;
const typing = 150;
const outcomes = ["skipped", "failing", "waiting", "copied", "already-here"] as const;
type Outcome = (typeof outcomes)[number];

interface LedgerSectionProps {
  readonly domain: string;
  readonly address: string;
  readonly mayAct: boolean;
}

/** What became of each message of the old server, each by its name. */
export function LedgerSection({ domain, address, mayAct }: LedgerSectionProps) {
  const [wanted, setWanted] = useState("");
  const [outcome, setOutcome] = useState<Outcome | "">("");
  const [search] = useDebouncedValue(wanted.trim(), typing);
  const pages = useCursorPages(`${outcome} ${search}`, pageSize);
  const query = new URLSearchParams({ limit: String(pageSize), search });
  if (pages.cursor !== "") query.set("cursor", pages.cursor);
  if (outcome !== "") query.set("outcome", outcome);
  const live = useLive<LedgerView>(`/mailboxes/${encodeURIComponent(address)}/ledger?${query}`);
  const ledger = useLast(live.value);
  const retry = async (message: string) => {
    const path = `/migrations/${encodeURIComponent(domain)}/transfers`;
    await ask(path, "POST", { act: "retry", address, message });
    live.refresh();
  };
  const total = outcome === "" || search !== "" ? null : (ledger?.counts[outcome] ?? null);
  const report = new URLSearchParams({ format: "html", mailbox: address });
  return (
    <section aria-labelledby="ledger">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h3" id="ledger">
            {words.title}
          </Title>
          <Anchor href={`/api/migrations/${encodeURIComponent(domain)}/report?${report}`} target="_blank">
            {words.report}
          </Anchor>
        </Group>
        <Notices live={live} />
        <Group align="end">
          <TextInput
            label={words.search}
            type="search"
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
          <NativeSelect
            label={words.filter}
            value={outcome}
            onChange={(event) => setOutcome(event.currentTarget.value as Outcome | "")}
            data={[
              { value: "", label: words.all },
              ...outcomes.map((value) => ({
                value,
                label: mailboxes.withCount(words.outcomes[value], ledger?.counts[value] ?? 0),
              })),
            ]}
          />
        </Group>
        {ledger === null ? null : ledger.messages.length === 0 ? (
          <Text>{words.none}</Text>
        ) : (
          <Table className="figures ledger" aria-label={words.table} layout="fixed">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.message}</Table.Th>
                <Table.Th>{words.outcome}</Table.Th>
                <Table.Th className="wide-only">{words.date}</Table.Th>
                <Table.Th className="wide-only" ta="right">
                  {words.size}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {ledger.messages.map((row) => (
                <Row key={`${row.uniqueId} ${row.size}`} row={row} retry={mayAct ? retry : null} />
              ))}
            </Table.Tbody>
          </Table>
        )}
        <Pager pages={pages} shown={ledger?.messages.length ?? 0} total={total} next={ledger?.next ?? null} />
      </Stack>
    </section>
  );
}

interface RowProps {
  readonly row: LedgerRowView;
  /** Null: whoever looks may not. */
  readonly retry: ((message: string) => Promise<void>) | null;
}

function Row({ row, retry }: RowProps) {
  const { outcome, uniqueId, subject, from, date, size, reason, nextTry, goneSince } = row;
  const isSeen = subject !== null || from !== null || date !== null;
  const title = subject ?? (isSeen ? words.noSubject : words.unseen);
  const notes = [
    reason ?? "",
    nextTry === null ? "" : words.next(time(nextTry)),
    goneSince === null ? "" : words.gone(time(goneSince)),
  ].filter((part) => part !== "");
  return (
    <Table.Tr>
      <Table.Td className="address">
        <bdi>{title}</bdi>
        <Text size="xs" c="dimmed">
          {from === null ? null : (
            <>
              <bdi>{from}</bdi>,{" "}
            </>
          )}
          {words.uniqueId(uniqueId)}
        </Text>
      </Table.Td>
      <Table.Td className="address">
        {words.outcomes[outcome]}
        {notes.length === 0 ? null : (
          <Text size="xs" c="dimmed">
            {notes.join(" ")}
          </Text>
        )}
        {retry !== null && (outcome === "failing" || outcome === "skipped") ? (
          <ActionButton
            size="compact-xs"
            variant="default"
            aria-label={words.retryOne(title)}
            act={() => retry(uniqueId)}
          >
            {words.retry}
          </ActionButton>
        ) : null}
      </Table.Td>
      <Table.Td className="wide-only">{date === null ? "–" : time(date)}</Table.Td>
      <Table.Td className="wide-only" ta="right">
        {size === 0 ? number(0) : octets(size)}
      </Table.Td>
    </Table.Tr>
  );
}
