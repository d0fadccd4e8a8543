import { Button, Checkbox, Group, Stack, Table, Text, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import type { ExpectedView, PeopleView } from "#http/people";
import { ask } from "../../api/client.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { useKept } from "../../parts/kept.ts";
import { WideTable } from "../../parts/wide-table.tsx";
import { say } from "../../words/cutover.ts";
import { messages, number, time } from "../../words/format.ts";
import { addressesIn } from "./give-up.ts";

interface MissingNamesProps {
  readonly path: string;
  readonly isAdministrator: boolean;
  readonly onDone: () => void;
}

/** Who has no home here and how we know; and who is said to come. */
export function MissingNames({ path, isAdministrator, onDone }: MissingNamesProps) {
  const [people, setPeople] = useState<PeopleView["people"] | null>(null);
  const [inHeaders, setInHeaders] = useState(false);
  const look = useAction(async () => {
    setPeople((await ask<PeopleView>(`${path}/people?headers=${inHeaders}`)).people);
  });
  return (
    <Stack component="section" aria-labelledby="people" gap="sm" className="on-screen">
      <Title order={2} size="h3" id="people">
        {say.people.title}
      </Title>
      <Text size="sm">{say.people.explain}</Text>
      <Group>
        <Button variant="default" loading={look.isBusy} onClick={look.start}>
          {say.people.show}
        </Button>
        <Checkbox
          label={say.people.headers}
          checked={inHeaders}
          onChange={(event) => setInHeaders(event.currentTarget.checked)}
        />
      </Group>
      <ActionProblem action={look} />
      {people === null ? null : <Known people={people} />}
      {isAdministrator ? (
        <Expecting
          path={path}
          onDone={() => {
            onDone();
            if (people !== null) look.start();
          }}
        />
      ) : null}
    </Stack>
  );
}

const most = 500;

function Known({ people }: { people: PeopleView["people"] }) {
  const { columns } = say.people;
  if (people.length === 0) return <Text role="status">{say.people.none}</Text>;
  return (
    <>
      <WideTable label={say.people.table} minWidth={820}>
        <Table.Thead>
          <Table.Tr>
            {Object.values(columns).map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.slice(0, most).map(({ address, likely, isExpected, lastMail, accepted, tried, named }) => (
            <Table.Tr key={address}>
              <Table.Td className="address">{address}</Table.Td>
              <Table.Td>{say.people.likely[likely]}</Table.Td>
              <Table.Td>{isExpected ? say.people.yes : ""}</Table.Td>
              <Table.Td>{lastMail === null ? "–" : time(lastMail)}</Table.Td>
              <Table.Td>{accepted === null ? "" : messages(accepted.messages)}</Table.Td>
              <Table.Td>{tried === null ? "" : number(tried.times)}</Table.Td>
              <Table.Td>{named === null ? "–" : messages(named)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
      {people.length > most ? <Text size="sm">… {number(people.length - most)}</Text> : null}
    </>
  );
}

/** Says who will come, or will not after all. */
function Expecting({ path, onDone }: { path: string; onDone: () => void }) {
  const [kept, keep] = useKept<string>(`cutover expected ${path}`);
  const typed = kept ?? "";
  const [expected, setExpected] = useState<number | null>(null);
  const change = async (body: Record<string, readonly string[]>): Promise<void> => {
    setExpected((await ask<ExpectedView>(`${path}/people`, "POST", body)).expected);
    keep(null);
    onDone();
  };
  const add = useAction(() => change({ add: addressesIn(typed) }));
  const remove = useAction(() => change({ remove: addressesIn(typed) }));
  const isEmpty = addressesIn(typed).length === 0;
  return (
    <>
      <Textarea
        label={say.people.expect}
        description={say.people.expectHint}
        autosize
        minRows={2}
        maxRows={8}
        value={typed}
        onChange={(event) => keep(event.currentTarget.value)}
      />
      <Group>
        <Button variant="default" loading={add.isBusy} disabled={isEmpty} onClick={add.start}>
          {say.people.expectButton}
        </Button>
        <Button variant="default" loading={remove.isBusy} disabled={isEmpty} onClick={remove.start}>
          {say.people.unexpectButton}
        </Button>
      </Group>
      <Text size="sm" role="status">
        {expected === null ? "" : say.people.expected(expected)}
      </Text>
      <ActionProblem action={add} />
      <ActionProblem action={remove} />
    </>
  );
}
