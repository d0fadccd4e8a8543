import { Anchor, Badge, Progress, Table, Text } from "@mantine/core";
import { memo } from "react";
import type { RosterRowView } from "#http/roster";
import { href } from "../route.ts";
import { number, octets } from "../words/format.ts";
import { say } from "../words/mailboxes.ts";
import { transferNote } from "./transfer-note.ts";

const colours = {
  over: "teal",
  "on-the-way": "blue",
  waiting: "orange",
  returned: "gray",
  prepared: "gray",
  local: "gray",
} as const;

interface RosterTableProps {
  readonly rows: readonly RosterRowView[];
  readonly label: string;
}

/** Mailboxes, a row each; where the window is narrow, what matters most of them. It is not drawn anew by each key. */
export const RosterTable = memo(function RosterTable({ rows, label }: RosterTableProps) {
  return (
    <Table verticalSpacing="xs" className="figures roster" aria-label={label} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say.address}</Table.Th>
          <Table.Th>{say.state}</Table.Th>
          <Table.Th ta="right">{say.mail}</Table.Th>
          <Table.Th ta="right" className="wide-only">
            {say.size}
          </Table.Th>
          <Table.Th className="wide-only">{say.note}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Row key={row.address} row={row} />
        ))}
      </Table.Tbody>
    </Table>
  );
});

function Row({ row: { address, stage, transfer, messages, octets: size } }: { row: RosterRowView }) {
  const share =
    transfer === null || transfer.messages === 0
      ? 100
      : (100 * Math.min(transfer.messagesHere, transfer.messages)) / transfer.messages;
  const note = transfer === null ? "" : transferNote(transfer);
  return (
    <Table.Tr>
      <Table.Td className="address">
        <Anchor href={href("mailbox", address)}>{address}</Anchor>
        <Text size="sm" className="narrow-only address">
          {note}
        </Text>
      </Table.Td>
      <Table.Td>
        <Badge color={colours[stage]} variant="dot" tt="none" maw="100%" className="stage">
          {say.stages[stage]}
        </Badge>
        {stage === "on-the-way" ? <Progress value={share} mt={6} aria-label={address} size="sm" /> : null}
      </Table.Td>
      <Table.Td ta="right">
        {transfer === null
          ? number(messages)
          : `${number(transfer.messagesHere)} / ${number(transfer.messages)}`}
      </Table.Td>
      <Table.Td ta="right" className="wide-only">
        {octets(size)}
      </Table.Td>
      <Table.Td className="wide-only address">
        <Text size="sm">{note}</Text>
      </Table.Td>
    </Table.Tr>
  );
}
