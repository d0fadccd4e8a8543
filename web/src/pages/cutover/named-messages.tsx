import { Table, Text, Title } from "@mantine/core";
import type { ReportedMailbox, ReportView } from "#http/proof-views";
import { WideTable } from "../../parts/wide-table.tsx";
import { say } from "../../words/cutover.ts";
import { octets } from "../../words/format.ts";

/** Messages shown at most until the page is printed. */
const most = 500;

/** Every message that was skipped, is unaccounted for or is gone there: by what it says of itself, as text. */
export function NamedMessages({ report, isWhole }: { report: ReportView; isWhole: boolean }) {
  let left = isWhole ? Number.POSITIVE_INFINITY : most;
  const groups = report.mailboxes.flatMap(({ address, named, leftOut }) => {
    const shown = named.slice(0, left);
    left -= shown.length;
    return named.length === 0 ? [] : [{ address, shown, leftOut: leftOut + named.length - shown.length }];
  });
  if (groups.length === 0) return null;
  return (
    <>
      <Title order={4} size="h5">
        {say.report.namedTitle}
      </Title>
      {groups.map(({ address, shown, leftOut }) => (
        <div key={address}>
          <Text fw={600} className="address">
            {address}
          </Text>
          <WideTable label={address} minWidth={isWhole ? 0 : 760}>
            <Table.Thead>
              <Table.Tr>
                {Object.values(say.report.named).map((title) => (
                  <Table.Th key={title}>{title}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((message, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: several may have one unique-id, and they never move
                <Row key={`${message.uniqueId} ${index}`} message={message} />
              ))}
            </Table.Tbody>
          </WideTable>
          {leftOut > 0 ? <Text size="sm">{say.report.leftOut(leftOut)}</Text> : null}
        </div>
      ))}
    </>
  );
}

function Row({ message }: { message: ReportedMailbox["named"][number] }) {
  const { subject, from, uniqueId, what, octets: size, reason } = message;
  return (
    <Table.Tr>
      <Table.Td className="address">
        <bdi>{subject ?? say.report.noSubject}</bdi>
        {from === null ? null : (
          <Text size="sm">
            <bdi>{from}</bdi>
          </Text>
        )}
        <Text size="xs" c="dimmed">
          <bdi>{uniqueId}</bdi>
        </Text>
      </Table.Td>
      <Table.Td>{what}</Table.Td>
      <Table.Td>{octets(size)}</Table.Td>
      <Table.Td className="address">
        <bdi>{reason}</bdi>
      </Table.Td>
    </Table.Tr>
  );
}
