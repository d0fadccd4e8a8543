import { Badge, Table, Text } from "@mantine/core";
import type { LogRecordView } from "#http/audit-views";
import { time } from "../../words/format.ts";
import { say } from "../../words/log.ts";
import { changesIn, shownValue } from "./changes.ts";

const colours = { done: "teal", refused: "orange", failed: "red" } as const;

/** Records, a row each. What people and other servers wrote is shown as text. */
export function LogTable({ records }: { records: readonly LogRecordView[] }) {
  return (
    <Table className="figures log" aria-label={say.table} layout="fixed" verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say.time}</Table.Th>
          <Table.Th>{say.who}</Table.Th>
          <Table.Th>{say.act}</Table.Th>
          <Table.Th className="wide-only">{say.details}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {records.map((record) => (
          <Row key={record.order} record={record} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ record: { at, actor, remote, kind, object, outcome, details } }: { record: LogRecordView }) {
  return (
    <Table.Tr>
      <Table.Td>{time(at)}</Table.Td>
      <Table.Td className="address">
        <bdi>{actor}</bdi>
        {remote === null ? null : (
          <Text size="xs" c="dimmed">
            {say.from(remote)}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="address">
        {kind}{" "}
        {outcome === "done" ? null : (
          <Badge color={colours[outcome]} variant="dot" tt="none">
            {say.outcomes[outcome]}
          </Badge>
        )}
        <Text size="sm">
          <bdi>{object}</bdi>
        </Text>
        <Details details={details} className="narrow-only" />
      </Table.Td>
      <Table.Td className="wide-only address">
        <Details details={details} />
      </Table.Td>
    </Table.Tr>
  );
}

/** What changed, field by field; else everything that was noted. */
function Details({ details, className }: { details: LogRecordView["details"]; className?: string }) {
  return (
    <div className={className}>
      {changesIn(details).map(({ name, before, after }) => (
        <Text key={name} size="xs">
          {name}: {before === undefined ? null : <del>{shownValue(before)}</del>}{" "}
          {after === undefined ? null : <bdi>{shownValue(after)}</bdi>}
        </Text>
      ))}
    </div>
  );
}
