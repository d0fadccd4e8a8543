import { Button, Group, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ReportedMailbox, ReportView } from "#http/proof-views";
import { WideTable } from "../../parts/wide-table.tsx";
import { say } from "../../words/cutover.ts";
import { number } from "../../words/format.ts";

const pageSize = 50;

/** Every mailbox with its sums. @param isWhole all rows, as for paper */
export function ReportTable({ report, isWhole }: { report: ReportView; isWhole: boolean }) {
  const [search, setSearch] = useState("");
  const [first, setFirst] = useState(0);
  const { columns } = say.report;
  const found = report.mailboxes.filter(({ address }) => address.includes(search.trim().toLowerCase()));
  const from = Math.min(first, Math.max(0, Math.floor((found.length - 1) / pageSize) * pageSize));
  const shown = isWhole ? report.mailboxes : found.slice(from, from + pageSize);
  return (
    <>
      {report.mailboxes.length > pageSize ? (
        <TextInput
          className="on-screen"
          label={say.report.search}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      ) : null}
      <WideTable label={say.report.title} minWidth={isWhole ? 0 : 860}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.mailbox}</Table.Th>
            {[columns.listed, columns.here, columns.deleted, columns.skipped, columns.unaccounted].map(
              (title) => (
                <Table.Th key={title} ta="right">
                  {title}
                </Table.Th>
              ),
            )}
            <Table.Th>{columns.result}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((mailbox) => (
            <Table.Tr key={mailbox.address}>
              <Table.Td className="address">{mailbox.address}</Table.Td>
              <Figures counts={mailbox.counts} />
              <Table.Td className="address">{resultOf(mailbox)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Td>{say.report.total(report.mailboxes.length)}</Table.Td>
            <Figures counts={report.totals} />
            <Table.Td />
          </Table.Tr>
        </Table.Tfoot>
      </WideTable>
      {found.length > pageSize && !isWhole ? (
        <Group className="figures on-screen">
          <Button variant="default" disabled={from === 0} onClick={() => setFirst(from - pageSize)}>
            {say.blockers.earlier}
          </Button>
          <Text size="sm">{say.blockers.page(from + 1, from + shown.length, found.length)}</Text>
          <Button
            variant="default"
            disabled={from + pageSize >= found.length}
            onClick={() => setFirst(from + pageSize)}
          >
            {say.blockers.later}
          </Button>
        </Group>
      ) : null}
    </>
  );
}

function Figures({ counts }: { counts: ReportView["totals"] }) {
  const { listed, here, deletedAfterCopy, deletedBeforeCopy, skipped, unaccounted, vanished } = counts;
  const figures = [
    ["listed", listed.messages],
    ["here", here.messages],
    ["deleted", deletedAfterCopy.messages + deletedBeforeCopy.messages],
    ["skipped", skipped.messages],
    ["unaccounted", unaccounted.messages + vanished],
  ] as const;
  return figures.map(([name, value]) => (
    <Table.Td key={name} ta="right">
      {number(value)}
    </Table.Td>
  ));
}

function resultOf({ closes, problem, reasons }: ReportedMailbox): string {
  if (closes) return say.report.closes;
  return [problem ?? say.report.open, ...reasons].join("; ");
}
