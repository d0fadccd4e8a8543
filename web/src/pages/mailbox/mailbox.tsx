import { Stack, Table, Text, Title } from "@mantine/core";
import type { MailboxView } from "#http/mailboxes";
import type { RosterRowView, RosterView } from "#http/roster";
import { useLive } from "../../api/live.ts";
import type { PageProps } from "../../pages.tsx";
import { Notices } from "../../parts/notices.tsx";
import { number, octets, time } from "../../words/format.ts";
import { say } from "../../words/mailbox.ts";
import { AliasesSection } from "./aliases-section.tsx";
import { BackSection } from "./back-section.tsx";
import { LedgerSection } from "./ledger-section.tsx";
import { MoveSection } from "./move-section.tsx";
import { SettingsSection } from "./settings-section.tsx";

/** One mailbox: how far its move is, what became of each message, and everything that can be done with it. */
export function MailboxPage({ who, subject: address }: PageProps) {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  const live = useLive<MailboxView>(`/mailboxes/${encodeURIComponent(address)}`);
  const query = new URLSearchParams({ search: address, limit: "10" });
  const found = useLive<RosterView>(`/domains/${encodeURIComponent(domain)}/roster?${query}`);
  const mailbox = live.value;
  const row = found.value?.mailboxes.find((one) => one.address === address) ?? null;
  const refresh = () => {
    live.refresh();
    found.refresh();
  };
  const isAdministrator = who.role === "administrator";
  return (
    <Stack>
      <Title order={1} className="address">
        {address}
      </Title>
      <Notices live={live} />
      {mailbox === null ? null : (
        <>
          <Text className="figures">
            {say.holds(
              mailbox.messages,
              octets(mailbox.octets),
              mailbox.quota === null ? null : octets(mailbox.quota),
            )}{" "}
            {say.made(time(mailbox.createdAt))}
          </Text>
          <MoveSection domain={domain} row={row} mayAct={isAdministrator} onDone={refresh} />
          {mailbox.returned ? <BackSection address={address} onDone={refresh} /> : null}
          {hasLedger(row) ? (
            <LedgerSection domain={domain} address={address} mayAct={isAdministrator} />
          ) : null}
          <AliasesSection who={who} mailbox={address} domain={domain} />
          <Folders folders={mailbox.folders} />
          <SettingsSection
            mailbox={mailbox}
            tag={live.tag}
            domain={domain}
            mayAct={isAdministrator}
            isBeingMoved={hasLedger(row)}
            onDone={refresh}
          />
        </>
      )}
    </Stack>
  );
}

function hasLedger(row: RosterRowView | null): boolean {
  return row !== null && row.transfer !== null;
}

function Folders({ folders }: { folders: MailboxView["folders"] }) {
  if (folders.length === 0) return null;
  return (
    <section aria-labelledby="folders">
      <Title order={2} size="h3" id="folders">
        {say.folders.title}
      </Title>
      <Table className="figures" aria-labelledby="folders">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say.folders.name}</Table.Th>
            <Table.Th ta="right">{say.folders.messages}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {folders.map(({ name, messages }) => (
            <Table.Tr key={name}>
              <Table.Td className="address">
                <bdi>{name}</bdi>
              </Table.Td>
              <Table.Td ta="right">{number(messages)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
