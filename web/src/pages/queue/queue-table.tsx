import { Button, Group, Table, Text } from "@mantine/core";
import { useState } from "react";
import type { ListedView } from "#http/queue";
import { ask } from "../../api/client.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { octets, time } from "../../words/format.ts";
import { say } from "../../words/queue.ts";

/** Recipients that wait, a row each. What other servers and senders wrote is shown as text. */
export function QueueTable({ rows, onDone }: { rows: readonly ListedView[]; onDone: () => void }) {
  return (
    <Table className="figures queue" aria-label={say.table} layout="fixed" verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say.to}</Table.Th>
          <Table.Th>{say.what}</Table.Th>
          <Table.Th className="wide-only" ta="right">
            {say.size}
          </Table.Th>
          <Table.Th>{say.act}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} onDone={onDone} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ row, onDone }: { row: ListedView; onDone: () => void }) {
  const { to, from, via, state, attempts, nextTry, expires, lastReply, receivedAt, octets: size } = row;
  return (
    <Table.Tr>
      <Table.Td className="address">
        <bdi>{to}</bdi>
        <Text size="xs" c="dimmed">
          {say.from} <bdi>{from === "" ? say.nobody : from}</bdi>
        </Text>
        <Text size="xs" c="dimmed">
          {via}
        </Text>
      </Table.Td>
      <Table.Td className="address">
        <span>{say.states[state]}</span>
        <Text size="xs" c="dimmed">
          {say.received(time(receivedAt))}{" "}
          {attempts > 0 && state !== "held" ? say.attempts(attempts, time(nextTry)) : ""}{" "}
          {state === "held" ? "" : say.expires(time(expires))}
        </Text>
        {lastReply === null ? null : (
          <Text size="xs">
            {say.lastReply} <bdi>{lastReply}</bdi>
          </Text>
        )}
      </Table.Td>
      <Table.Td className="wide-only" ta="right">
        {octets(size)}
      </Table.Td>
      <Table.Td>
        <Acts row={row} onDone={onDone} />
      </Table.Td>
    </Table.Tr>
  );
}

function Acts({ row: { id, to, state }, onDone }: { row: ListedView; onDone: () => void }) {
  const [isDropping, setDropping] = useState(false);
  const path = `/queue/${encodeURIComponent(id)}`;
  const act = (verb: "retry" | "hold" | "release") => async () => {
    await ask(`${path}/${verb}`, "POST");
    onDone();
  };
  const verbs = state === "held" ? (["release"] as const) : (["retry", "hold"] as const);
  return (
    <Group gap="xs">
      {state === "under-way"
        ? null
        : verbs.map((verb) => (
            <ActionButton
              key={verb}
              size="compact-sm"
              variant="default"
              aria-label={say.actOn(say.acts[verb], to)}
              act={act(verb)}
            >
              {say.acts[verb]}
            </ActionButton>
          ))}
      <Button
        size="compact-sm"
        color="red"
        variant="outline"
        aria-label={say.actOn(say.acts.drop, to)}
        onClick={() => setDropping(true)}
      >
        {say.acts.drop}
      </Button>
      <Confirm
        isOpen={isDropping}
        title={say.confirm.title(say.acts.drop, 1)}
        button={say.acts.drop}
        isDestructive
        act={async () => {
          await ask(path, "DELETE");
          onDone();
        }}
        onClose={() => setDropping(false)}
      >
        <Text className="address">
          <bdi>{to}</bdi>
        </Text>
        <Text>{say.confirm.effects.drop}</Text>
      </Confirm>
    </Group>
  );
}
