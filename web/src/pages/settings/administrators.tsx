import { Alert, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { AdministratorView } from "#http/access/administrators";
import type { SessionView } from "#http/access/sessions";
import { useLive } from "../../api/live.ts";
import { Notices } from "../../parts/notices.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { say } from "../../words/settings.ts";
import { AddAdministrator, RemoveAdministrator, SetPassword } from "./administrator-dialogs.tsx";
import { KeysOf } from "./keys.tsx";

type Asking = { readonly what: "add" } | { readonly what: "password" | "remove"; readonly name: string };

/** Who administers this server over the web. */
export function Administrators({ who }: { who: SessionView }) {
  const live = useLive<readonly AdministratorView[]>("/administrators");
  const [asking, setAsking] = useState<Asking | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const [note, setNote] = useState<string | null>(null);
  const { administrators: words } = say;
  const all = live.value ?? [];
  const done = (text: string | null): void => {
    setNote(text);
    live.refresh();
  };
  const close = () => setAsking(null);
  return (
    <section aria-label={words.title}>
      <Stack gap="sm">
        <Title order={2} size="h3">
          {words.title}
        </Title>
        <Text size="sm">{words.explain}</Text>
        <Notices live={live} />
        {note === null ? null : (
          <Alert role="status" variant="light" className="address">
            {note}
          </Alert>
        )}
        <WideTable label={words.table} minWidth={680}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.name}</Table.Th>
              <Table.Th>{words.role}</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {all.map(({ name, role, domains }) => (
              <Table.Tr key={name}>
                <Table.Td className="address">{name}</Table.Td>
                <Table.Td className="address">
                  {role === "administrator" ? words.all : words.someDomains(domains.join(", "))}
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap" justify="flex-end">
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-expanded={shown === name}
                      aria-label={words.showOf(name)}
                      onClick={() => setShown(shown === name ? null : name)}
                    >
                      {words.show}
                    </Button>
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={words.passwordOf(name)}
                      onClick={() => setAsking({ what: "password", name })}
                    >
                      {words.password}
                    </Button>
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={words.removeOf(name)}
                      onClick={() => setAsking({ what: "remove", name })}
                    >
                      {words.remove}
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
        {shown === null || shown === who.name ? null : (
          <Stack gap="sm">
            <Title order={3} size="h4" className="address">
              {say.keys.of(shown)}
            </Title>
            <KeysOf name={shown} />
          </Stack>
        )}
        <Group>
          <Button onClick={() => setAsking({ what: "add" })}>{words.add}</Button>
        </Group>
      </Stack>
      {asking?.what === "add" ? <AddAdministrator onDone={done} onClose={close} /> : null}
      {asking?.what === "password" ? <SetPassword name={asking.name} onDone={done} onClose={close} /> : null}
      {asking?.what === "remove" ? (
        <RemoveAdministrator name={asking.name} who={who} all={all} onDone={done} onClose={close} />
      ) : null}
    </section>
  );
}
