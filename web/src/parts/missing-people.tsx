import { Table, Text, Title } from "@mantine/core";
import type { MigrationStatusView } from "#http/migrations";
import { say } from "../words/domain.ts";
import { number, time } from "../words/format.ts";

const most = 200;

/** Who got mail through the pipe, or is expected, and has not come. */
export function MissingPeople({ missing }: { missing: MigrationStatusView["missing"] }) {
  if (missing.length === 0) return null;
  return (
    <section aria-labelledby="missing">
      <Title order={2} size="h3" id="missing">
        {say.missingTitle}: {number(missing.length)}
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
          {missing.slice(0, most).map(({ address, lastAccepted }) => (
            <Table.Tr key={address}>
              <Table.Td className="address">{address}</Table.Td>
              <Table.Td>{lastAccepted === null ? "–" : time(lastAccepted)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {missing.length > most ? <Text size="sm">… {number(missing.length - most)}</Text> : null}
    </section>
  );
}
