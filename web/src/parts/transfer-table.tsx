import { Badge, Button, Group, Progress, SegmentedControl, Table, Text, TextInput } from "@mantine/core";
import { useDeferredValue, useState } from "react";
import type { TransferView } from "#http/migrations";
import { type Stage, stageOf } from "../progress.ts";
import { words } from "../words/common.ts";
import { say } from "../words/domain.ts";
import { number, octets, time } from "../words/format.ts";
import { WideTable } from "./wide-table.tsx";

const pageSize = 50;
const colours = { over: "teal", onTheWay: "blue", waiting: "orange" } as const;
const filters = ["all", "onTheWay", "waiting", "over"] as const;
type Filter = (typeof filters)[number];

/** Everybody who has come, fifty at a time, with search and a filter. */
export function TransferTable({ transfers }: { transfers: readonly TransferView[] }) {
  const [wanted, setWanted] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const [first, setFirst] = useState(0);
  const text = useDeferredValue(wanted.trim().toLowerCase());
  const found = transfers.filter(
    (transfer) => transfer.address.includes(text) && (filter === "all" || stageOf(transfer) === filter),
  );
  const from = Math.min(first, Math.max(0, Math.floor((found.length - 1) / pageSize) * pageSize));
  const shown = found.slice(from, from + pageSize);
  return (
    <>
      <Group>
        <TextInput
          aria-label={say.search}
          placeholder={say.search}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label={say.state}
          value={filter}
          onChange={(value) => setFilter(value as Filter)}
          data={filters.map((value) => ({ value, label: value === "all" ? say.all : words.parts[value] }))}
        />
      </Group>
      <WideTable label={say.table} minWidth={720}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say.address}</Table.Th>
            <Table.Th>{say.state}</Table.Th>
            <Table.Th ta="right">{say.mail}</Table.Th>
            <Table.Th ta="right">{say.size}</Table.Th>
            <Table.Th>{say.note}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((transfer) => (
            <Row key={transfer.address} transfer={transfer} />
          ))}
        </Table.Tbody>
      </WideTable>
      {shown.length === 0 ? <Text>{say.nobody}</Text> : null}
      {found.length > pageSize ? (
        <Group className="figures">
          <Button variant="default" disabled={from === 0} onClick={() => setFirst(from - pageSize)}>
            {say.earlier}
          </Button>
          <Text size="sm">{say.page(from + 1, from + shown.length, found.length)}</Text>
          <Button
            variant="default"
            disabled={from + pageSize >= found.length}
            onClick={() => setFirst(from + pageSize)}
          >
            {say.later}
          </Button>
        </Group>
      ) : null}
    </>
  );
}

function Row({ transfer }: { transfer: TransferView }) {
  const stage: Stage = stageOf(transfer);
  const { messages, messagesHere, octetsHere } = transfer;
  const share = messages === 0 ? 100 : (100 * Math.min(messagesHere, messages)) / messages;
  return (
    <Table.Tr>
      <Table.Td className="address">{transfer.address}</Table.Td>
      <Table.Td>
        <Badge color={colours[stage]} variant="dot" tt="none" miw="max-content">
          {words.parts[stage]}
        </Badge>
        {stage === "onTheWay" ? (
          <Progress value={share} mt={6} aria-label={transfer.address} size="sm" />
        ) : null}
      </Table.Td>
      <Table.Td ta="right">
        {number(messagesHere)} / {number(messages)}
      </Table.Td>
      <Table.Td ta="right">{octets(octetsHere)}</Table.Td>
      <Table.Td>
        <Text size="sm">{noteOf(transfer)}</Text>
      </Table.Td>
    </Table.Tr>
  );
}

function noteOf({ reason, stalledSince, nextTry, lastSweep, skipped, notes }: TransferView): string {
  return [
    reason ?? "",
    stalledSince === null ? "" : say.stalled(time(stalledSince)),
    reason !== null && nextTry !== null ? say.next(time(nextTry)) : "",
    reason === null && lastSweep !== null ? say.swept(time(lastSweep)) : "",
    skipped > 0 ? say.skipped(skipped) : "",
    ...notes,
  ]
    .filter((part) => part !== "")
    .join(" ");
}
