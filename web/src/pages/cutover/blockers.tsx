import {
  Alert,
  Anchor,
  Button,
  Checkbox,
  Group,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useState } from "react";
import type { CutoverPlanView } from "#http/cutover";
import { WideTable } from "../../parts/wide-table.tsx";
import { href } from "../../route.ts";
import { say } from "../../words/cutover.ts";

interface BlockersProps {
  readonly plan: CutoverPlanView;
  readonly mayGiveUp: boolean;
  readonly ticked: ReadonlySet<string>;
  readonly onTick: (ticked: ReadonlySet<string>) => void;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  /** How many are given up by now, ticked and typed. */
  readonly givenUp: number;
}

const pageSize = 50;

/** Everything in the way, each by name, with what to do about it and where; and who is given up. */
export function Blockers({ plan, mayGiveUp, ticked, onTick, typed, onType, givenUp }: BlockersProps) {
  const [search, setSearch] = useState("");
  const [first, setFirst] = useState(0);
  if (plan.blockersInAll === 0)
    return (
      <Alert color="teal" variant="light">
        {say.blockers.none}
      </Alert>
    );
  const found = plan.blockers.filter(({ address }) => address.includes(search.trim().toLowerCase()));
  const from = Math.min(first, Math.max(0, Math.floor((found.length - 1) / pageSize) * pageSize));
  const shown = found.slice(from, from + pageSize);
  const hidden = plan.blockersInAll - plan.blockers.length;
  const tick = (address: string, isTicked: boolean): void => {
    const next = new Set(ticked);
    if (isTicked) next.add(address);
    else next.delete(address);
    onTick(next);
  };
  return (
    <Stack component="section" aria-labelledby="blockers" gap="sm">
      <Title order={2} size="h3" id="blockers">
        {say.blockers.title(plan.blockersInAll)}
      </Title>
      <Text size="sm">{say.blockers.explain}</Text>
      {plan.blockers.length > 10 ? (
        <TextInput
          label={say.blockers.search}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      ) : null}
      <WideTable label={say.blockers.what} minWidth={760}>
        <Table.Thead>
          <Table.Tr>
            {mayGiveUp ? <Table.Th>{say.blockers.giveUp}</Table.Th> : null}
            <Table.Th>{say.blockers.what}</Table.Th>
            <Table.Th>{say.blockers.remedy}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map(({ address, kind, text }) => (
            <Table.Tr key={`${kind} ${address}`}>
              {mayGiveUp ? (
                <Table.Td>
                  <Checkbox
                    aria-label={say.blockers.giveUpOne(address)}
                    checked={ticked.has(address)}
                    onChange={(event) => tick(address, event.currentTarget.checked)}
                  />
                </Table.Td>
              ) : null}
              <Table.Td className="address">{text}</Table.Td>
              <Table.Td>
                {say.remedies[kind].advice}{" "}
                <Anchor
                  href={kind === "not-come" ? href("mailboxes", plan.domain) : href("mailbox", address)}
                  underline="always"
                  aria-label={`${say.remedies[kind].link}: ${address}`}
                >
                  {say.remedies[kind].link}
                </Anchor>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
      {found.length === 0 ? <Text>{say.blockers.nobody}</Text> : null}
      {found.length > pageSize ? (
        <Group className="figures">
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
      {hidden > 0 ? <Text size="sm">{say.blockers.more(hidden)}</Text> : null}
      {mayGiveUp ? (
        <>
          <Textarea
            label={say.blockers.byName}
            description={say.blockers.byNameHint}
            autosize
            minRows={2}
            maxRows={8}
            value={typed}
            onChange={(event) => onType(event.currentTarget.value)}
          />
          <Text size="sm" role="status">
            {givenUp > 0 ? say.blockers.chosen(givenUp) : ""}
          </Text>
        </>
      ) : null}
    </Stack>
  );
}
