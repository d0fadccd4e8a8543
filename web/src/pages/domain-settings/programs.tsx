import { Anchor, Button, Code, CopyButton, Group, List, Table, Text, Title } from "@mantine/core";
import type { DnsRecordView } from "#http/dns";
import type { MigrationStatusView } from "#http/migrations";
import { useLive } from "../../api/live.ts";
import { Notices } from "../../parts/notices.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { say } from "../../words/domain-settings.ts";

/** What to publish for a domain, ready to copy; where its names lead now; where programs fetch their settings. */
export function Programs({ domain }: { domain: string }) {
  const { programs } = say;
  const name = encodeURIComponent(domain);
  const live = useLive<readonly DnsRecordView[]>(`/domains/${name}/dns-records`);
  const records = live.value ?? [];
  const zone = records.map((one) => `${one.name}\tIN\t${one.type}\t${one.value}`).join("\n");
  return (
    <>
      {live.isUnreachable ? null : <Notices live={live} />}
      <WideTable label={programs.table} minWidth={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{programs.name}</Table.Th>
            <Table.Th>{programs.type}</Table.Th>
            <Table.Th>{programs.value}</Table.Th>
            <Table.Th>{programs.purpose}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {records.map((one) => (
            <Table.Tr key={`${one.type} ${one.name}`}>
              <Table.Td className="address">{one.name}</Table.Td>
              <Table.Td>{one.type}</Table.Td>
              <Table.Td className="address">{one.value}</Table.Td>
              <Table.Td>{one.purpose}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
      <Group>
        <CopyButton value={zone}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy} disabled={zone === ""}>
              {copied ? programs.copied : programs.copyAll}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Leads domain={domain} />
      <Title order={3} size="h4">
        {programs.links}
      </Title>
      <List className="address" size="sm">
        <List.Item>
          <Anchor
            inherit
            href={`/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=postmaster%40${name}`}
          >
            {programs.autoconfig}
          </Anchor>
        </List.Item>
        <List.Item>
          {programs.autodiscover}: <Code>{`${location.origin}/autodiscover/autodiscover.xml`}</Code>
        </List.Item>
        <List.Item>
          {programs.apple}: <Code>{`${location.origin}/mail.mobileconfig?address=anna@${domain}`}</Code>
        </List.Item>
      </List>
    </>
  );
}

/** Where the names of the move lead, as the status tells it; nothing for a domain that does not migrate. */
function Leads({ domain }: { domain: string }) {
  const { programs } = say;
  const live = useLive<MigrationStatusView>(`/migrations/${encodeURIComponent(domain)}`);
  const names = live.value?.names ?? null;
  if (names === null) return null;
  return (
    <div>
      <Text size="sm" fw={500}>
        {programs.now}
      </Text>
      {names.lookedUp === null || names.leads.length === 0 ? <Text size="sm">{programs.unseen}</Text> : null}
      <List size="sm" className="address">
        {names.leads.map(({ name, kind, addresses, here }) => (
          <List.Item key={`${kind} ${name}`}>
            {name}
            {kind === "mx" ? " (MX)" : ""}: {here ? programs.here : addresses.join(", ") || programs.nowhere}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
