import { Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { AliasView } from "#http/aliases";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { useKept } from "../../parts/kept.ts";
import { Notices } from "../../parts/notices.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { say } from "../../words/domain-settings.ts";
import { Section } from "./section.tsx";

/** Shown at once; more are found by typing. */
const most = 50;

/** The aliases of a local domain: found by typing, added, removed. */
export function Aliases({ domain }: { domain: string }) {
  const live = useLive<readonly AliasView[]>(`/domains/${encodeURIComponent(domain)}/aliases`);
  const [wanted, setWanted] = useState("");
  const [going, setGoing] = useState<string | null>(null);
  const aliases = live.value ?? [];
  const text = wanted.trim().toLowerCase();
  const found = aliases.filter(({ address, target }) => address.includes(text) || target.includes(text));
  const remove = async (): Promise<void> => {
    await ask(`/aliases/${encodeURIComponent(going ?? "")}`, "DELETE");
    live.refresh();
  };
  return (
    <Section title={say.aliases.title} explain={say.aliases.explain}>
      <Notices live={live} />
      <NewAlias domain={domain} onDone={live.refresh} />
      {aliases.length > 5 ? (
        <TextInput
          label={say.aliases.search}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      ) : null}
      {found.length === 0 ? (
        <Text>{say.aliases.none}</Text>
      ) : (
        <AliasTable aliases={found.slice(0, most)} onRemove={setGoing} />
      )}
      {found.length > most ? <Text size="sm">{say.aliases.more(found.length - most)}</Text> : null}
      <Confirm
        isOpen={going !== null}
        title={say.aliases.confirm(going ?? "")}
        button={say.aliases.remove}
        isDestructive
        act={remove}
        onClose={() => setGoing(null)}
      >
        <Text className="address">
          {say.aliases.consequence(
            going ?? "",
            aliases.filter(({ address }) => address === going).map(({ target }) => target),
          )}
        </Text>
      </Confirm>
    </Section>
  );
}

function NewAlias({ domain, onDone }: { domain: string; onDone: () => void }) {
  const [kept, keep] = useKept<AliasView>(`alias-add ${domain}`);
  const { address, target } = kept ?? { address: "", target: "" };
  const action = useAction(async () => {
    const whole = address.includes("@") ? address.trim() : `${address.trim()}@${domain}`;
    await ask("/aliases", "POST", { address: whole, target: target.trim() });
    keep(null);
    onDone();
  });
  return (
    <Stack gap="xs">
      <Group align="end" gap="sm">
        <TextInput
          label={say.aliases.address}
          maxLength={512}
          placeholder={`sales@${domain}`}
          value={address}
          onChange={(event) => keep({ address: event.currentTarget.value, target })}
        />
        <TextInput
          label={say.aliases.target}
          maxLength={512}
          placeholder={`anna@${domain}`}
          value={target}
          onChange={(event) => keep({ address, target: event.currentTarget.value })}
        />
        <Button
          loading={action.isBusy}
          disabled={address.trim() === "" || target.trim() === ""}
          onClick={action.start}
        >
          {say.aliases.add}
        </Button>
      </Group>
      <ActionProblem action={action} />
    </Stack>
  );
}

interface AliasTableProps {
  readonly aliases: readonly AliasView[];
  readonly onRemove: (address: string) => void;
}

function AliasTable({ aliases, onRemove }: AliasTableProps) {
  return (
    <WideTable label={say.aliases.table} minWidth={420}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say.aliases.address}</Table.Th>
          <Table.Th>{say.aliases.target}</Table.Th>
          <Table.Th>{say.aliases.act}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {aliases.map(({ address, target }) => (
          <Table.Tr key={`${address} ${target}`}>
            <Table.Td className="address">{address}</Table.Td>
            <Table.Td className="address">{target}</Table.Td>
            <Table.Td>
              <Button
                size="xs"
                variant="default"
                aria-label={say.aliases.removeOf(address)}
                onClick={() => onRemove(address)}
              >
                {say.aliases.remove}
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
