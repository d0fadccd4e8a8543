import { Button, CopyButton, Group, List, Table, Text } from "@mantine/core";
import type { MyProgramsView } from "#http/my/account";
import { useLive } from "../api/live.ts";
import { Notices } from "../parts/notices.tsx";
import { WideTable } from "../parts/wide-table.tsx";
import { say } from "../words/my.ts";

/** What to type into a mail program, and which programs find it by themselves. */
export function MyPrograms() {
  const live = useLive<MyProgramsView>("/my/programs");
  const { programs } = say;
  const { value } = live;
  if (value === null) return <Notices live={live} />;
  return (
    <>
      <List size="sm">
        <List.Item>{programs.thunderbird}</List.Item>
        <List.Item>{programs.outlook}</List.Item>
        <List.Item>{programs.apple}</List.Item>
      </List>
      {value.profile === null ? null : (
        <Group>
          <Button component="a" href={value.profile} download variant="default">
            {programs.profile}
          </Button>
        </Group>
      )}
      <Text size="sm">{programs.byHand}</Text>
      <WideTable label={programs.table} minWidth={520}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{programs.service}</Table.Th>
            <Table.Th>{programs.server}</Table.Th>
            <Table.Th>{programs.port}</Table.Th>
            <Table.Th>{programs.security}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {value.servers.map(({ protocol, host, port, security }) => (
            <Table.Tr key={port}>
              <Table.Td>{programs.services[protocol]}</Table.Td>
              <Table.Td className="address">
                {host} <Copy what={programs.server} of={programs.services[protocol]} text={host} />
              </Table.Td>
              <Table.Td>
                {port} <Copy what={programs.port} of={programs.services[protocol]} text={String(port)} />
              </Table.Td>
              <Table.Td>{programs.securities[security]}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
      <Text className="address" size="sm">
        {programs.userName}: {value.userName}{" "}
        <Copy what={programs.userName} of={programs.all} text={value.userName} />
      </Text>
      <Text size="sm">{programs.password}</Text>
    </>
  );
}

function Copy({ what, of, text }: { what: string; of: string; text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          size="compact-xs"
          variant="default"
          onClick={copy}
          aria-label={say.programs.copyOne(what, of, text)}
        >
          {copied ? say.programs.copied : say.programs.copy}
        </Button>
      )}
    </CopyButton>
  );
}
