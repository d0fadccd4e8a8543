import { Anchor, Button, Group, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import type { DomainView } from "#http/domains";
import { useLive } from "../api/live.ts";
import type { PageProps } from "../pages.tsx";
import { Notices } from "../parts/notices.tsx";
import { WideTable } from "../parts/wide-table.tsx";
import { href } from "../route.ts";
import { say } from "../words/domains.ts";
import { number } from "../words/format.ts";
import { AddDomain } from "./domains-add.tsx";
import { RemoveDomain } from "./domains-remove.tsx";

/** Shown at once; more are found by typing. */
const most = 200;

/** Local, remote and alias domains in one list. */
export function DomainsPage(_: PageProps) {
  const live = useLive<readonly DomainView[]>("/domains");
  const [wanted, setWanted] = useState("");
  const [isAdding, setAdding] = useState(false);
  const [going, setGoing] = useState<string | null>(null);
  const domains = live.value;
  const text = wanted.trim().toLowerCase();
  const found = domains?.filter(({ name }) => name.includes(text)) ?? [];
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1}>{say.title}</Title>
        <Group gap="sm">
          <Button component="a" href={href("guide")} variant="default">
            {say.guide}
          </Button>
          <Button onClick={() => setAdding(true)}>{say.add.button}</Button>
        </Group>
      </Group>
      <Notices live={live} />
      {domains?.length === 0 ? <Text>{say.empty}</Text> : null}
      {(domains?.length ?? 0) > 10 ? (
        <TextInput
          label={say.search}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      ) : null}
      {domains !== null && domains.length > 0 ? (
        <>
          <DomainTable domains={found.slice(0, most)} onRemove={setGoing} />
          {found.length === 0 ? <Text>{say.nobody}</Text> : null}
          {found.length > most ? <Text size="sm">… {number(found.length - most)}</Text> : null}
        </>
      ) : null}
      <AddDomain
        isOpen={isAdding}
        locals={domains?.filter(({ kind }) => kind === "local").map(({ name }) => name) ?? []}
        onClose={() => setAdding(false)}
        onDone={live.refresh}
      />
      {going === null ? null : (
        <RemoveDomain name={going} onClose={() => setGoing(null)} onDone={live.refresh} />
      )}
    </Stack>
  );
}

interface TableProps {
  readonly domains: readonly DomainView[];
  readonly onRemove: (name: string) => void;
}

function DomainTable({ domains, onRemove }: TableProps) {
  return (
    <WideTable label={say.table} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say.name}</Table.Th>
          <Table.Th>{say.kind}</Table.Th>
          <Table.Th>{say.matters}</Table.Th>
          <Table.Th>{say.act}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {domains.map((domain) => (
          <Table.Tr key={domain.name}>
            <Table.Td className="address">
              {domain.kind === "local" ? (
                <Anchor href={href("domain", domain.name)} inherit>
                  {domain.name}
                </Anchor>
              ) : (
                domain.name
              )}
            </Table.Td>
            <Table.Td>{say.kinds[domain.kind]}</Table.Td>
            <Table.Td className="address">{say.essence(domain)}</Table.Td>
            <Table.Td>
              <Group gap="xs" wrap="nowrap">
                {domain.kind === "alias" ? null : (
                  <Button
                    component="a"
                    href={href("domain-settings", domain.name)}
                    size="xs"
                    variant="default"
                    aria-label={say.settingsOf(domain.name)}
                  >
                    {say.settings}
                  </Button>
                )}
                <Button
                  size="xs"
                  variant="default"
                  aria-label={say.removeOf(domain.name)}
                  onClick={() => onRemove(domain.name)}
                >
                  {say.remove}
                </Button>
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
