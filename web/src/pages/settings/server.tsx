import { Alert, Stack, Table, Text, Title } from "@mantine/core";
import type { SettingsView } from "#http/settings";
import { useLive } from "../../api/live.ts";
import { Notices } from "../../parts/notices.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { time } from "../../words/format.ts";
import { say } from "../../words/settings.ts";

const day = 86_400_000;
/** From so many days before its end on, the certificate's end is a warning. */
const soon = 21;

/** How the server is set by its file, to be looked at. */
export function Server() {
  const live = useLive<SettingsView>("/settings");
  const { server } = say;
  const { value } = live;
  return (
    <section aria-label={server.title}>
      <Stack gap="sm">
        <Title order={2} size="h3">
          {server.title}
        </Title>
        <Notices live={live} />
        {value === null ? null : (
          <>
            <Text>{server.version(value.version, value.hostname)}</Text>
            <Text className="address">{server.fromFile(value.origin)}</Text>
            <Text className="address" size="sm">
              {server.data(value.data)}
            </Text>
            <Text className="address" size="sm">
              {server.defaultDomain(value.defaultDomain)}
            </Text>
            <Title order={3} size="h4">
              {server.certificate}
            </Title>
            <Certificate certificate={value.certificate} />
            <Title order={3} size="h4">
              {server.listeners}
            </Title>
            <Listeners listeners={value.listeners} />
          </>
        )}
      </Stack>
    </section>
  );
}

function Certificate({ certificate }: Pick<SettingsView, "certificate">) {
  const { server } = say;
  if (certificate === null) return <Text>{server.noCertificate}</Text>;
  const days = Math.floor((Date.parse(certificate.ends) - Date.now()) / day);
  return (
    <>
      <Text className="address">{server.names(certificate.names.join(", "))}</Text>
      <Text>{server.ends(time(certificate.ends))}</Text>
      {days > soon ? null : (
        <Alert color="red" variant="light" role="status">
          {server.endsSoon(days)}
        </Alert>
      )}
      <Text className="address" size="sm">
        {certificate.file}
      </Text>
    </>
  );
}

function Listeners({ listeners }: Pick<SettingsView, "listeners">) {
  const { server } = say;
  return (
    <WideTable label={server.listeners} minWidth={560}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{server.service}</Table.Th>
          <Table.Th>{server.address}</Table.Th>
          <Table.Th>{server.tls}</Table.Th>
          <Table.Th>{server.passwords}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {listeners.map(({ name, host, port, tls, clearPasswords }) => (
          <Table.Tr key={`${name} ${host} ${port}`}>
            <Table.Td>{name}</Table.Td>
            <Table.Td className="address">
              {host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`}
            </Table.Td>
            <Table.Td>{server.tlsKinds[tls]}</Table.Td>
            <Table.Td>
              {name === "smtp"
                ? server.noPasswords
                : clearPasswords
                  ? server.clear
                  : tls === "none"
                    ? server.noPasswords
                    : server.underTls}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
