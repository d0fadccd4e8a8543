import { Table, Text, Title } from "@mantine/core";
import type { MissingPageView } from "#http/roster";
import { useLive } from "../api/live.ts";
import { say } from "../words/domain.ts";
import { number, time } from "../words/format.ts";
import { Pager, useCursorPages } from "./cursor-pages.tsx";
import { useLast } from "./last-value.ts";

const pageSize = 20;

/** Who got mail through the pipe, or is expected, and has not come. */
export function MissingPeople({ domain }: { domain: string }) {
  const pages = useCursorPages(domain, pageSize);
  const query = new URLSearchParams({ limit: String(pageSize), cursor: pages.cursor });
  const live = useLive<MissingPageView>(`/migrations/${encodeURIComponent(domain)}/missing?${query}`);
  const page = useLast(live.value);
  if (page === null || page.total === 0) return null;
  return (
    <section aria-labelledby="missing">
      <Title order={2} size="h3" id="missing">
        {say.missingTitle}: {number(page.total)}
      </Title>
      <Text size="sm" mb="xs">
        {say.missingExplain}
      </Text>
      <Table className="figures">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say.address}</Table.Th>
            <Table.Th>{say.lastMail}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {page.missing.map(({ address, lastAccepted }) => (
            <Table.Tr key={address}>
              <Table.Td className="address">{address}</Table.Td>
              <Table.Td>{lastAccepted === null ? "–" : time(lastAccepted)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Pager pages={pages} shown={page.missing.length} total={page.total} next={page.next} />
    </section>
  );
}
