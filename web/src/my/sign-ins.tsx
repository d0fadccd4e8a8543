import { Table, Text } from "@mantine/core";
import type { MySignInView } from "#http/my/account";
import { useLive } from "../api/live.ts";
import { Notices } from "../parts/notices.tsx";
import { WideTable } from "../parts/wide-table.tsx";
import { time } from "../words/format.ts";
import { say } from "../words/my.ts";

/** Where somebody signed in lately: a program that comes every minute is one line. */
export function MySignIns() {
  const live = useLive<readonly MySignInView[]>("/my/sign-ins");
  const { signIns } = say;
  return (
    <>
      <Notices live={live} />
      <Text size="sm">{signIns.explain}</Text>
      {live.value?.length === 0 ? <Text size="sm">{signIns.none}</Text> : null}
      {live.value === null || live.value.length === 0 ? null : (
        <WideTable label={signIns.table} minWidth={480}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{signIns.last}</Table.Th>
              <Table.Th>{signIns.with}</Table.Th>
              <Table.Th>{signIns.from}</Table.Th>
              <Table.Th>{signIns.count}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {live.value.map(({ protocol, from, last, count }) => (
              <Table.Tr key={`${protocol} ${from}`}>
                <Table.Td>{time(last)}</Table.Td>
                <Table.Td>{signIns.protocols[protocol]}</Table.Td>
                <Table.Td className="address">{from}</Table.Td>
                <Table.Td>{signIns.times(count)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
      )}
    </>
  );
}
