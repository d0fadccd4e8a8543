import { Button, Table, Text } from "@mantine/core";
import { useState } from "react";
import type { AccessKeyView } from "#http/access/administrators";
import { ask } from "../../api/client.ts";
import { type Live, useLive } from "../../api/live.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Notices } from "../../parts/notices.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { time } from "../../words/format.ts";
import { say } from "../../words/settings.ts";
import { MakeToken } from "./make-token.tsx";

const pathOf = (name: string): string => `/administrators/${encodeURIComponent(name)}`;

/** The open sessions and the tokens of an administrator. */
export function useKeys(name: string): Live<readonly AccessKeyView[]> {
  return useLive<readonly AccessKeyView[]>(`${pathOf(name)}/keys`);
}

/** The open sessions and the tokens of one administrator, each to be ended; and a new token. */
export function KeysOf({ name }: { name: string }) {
  return <Keys name={name} live={useKeys(name)} />;
}

/** The same, for who knows when they change. */
export function Keys({ name, live }: { name: string; live: Live<readonly AccessKeyView[]> }) {
  const path = pathOf(name);
  const [ending, setEnding] = useState<AccessKeyView | null>(null);
  const { keys } = say;
  const kindOf = ({ kind, mayWrite }: AccessKeyView): string =>
    kind === "session" ? keys.session : mayWrite ? keys.token : keys.readOnly;
  return (
    <>
      <Notices live={live} />
      {live.value?.length === 0 ? <Text>{keys.none}</Text> : null}
      {live.value === null || live.value.length === 0 ? null : (
        <WideTable label={keys.of(name)} minWidth={620}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{keys.kind}</Table.Th>
              <Table.Th>{keys.label}</Table.Th>
              <Table.Th>{keys.used}</Table.Th>
              <Table.Th>{keys.expires}</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {live.value.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Td>{kindOf(key)}</Table.Td>
                <Table.Td className="address">{key.label}</Table.Td>
                <Table.Td>{time(key.lastUsed)}</Table.Td>
                <Table.Td>{time(key.expires)}</Table.Td>
                <Table.Td>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={keys.endOne(key.kind, key.label)}
                    onClick={() => setEnding(key)}
                  >
                    {keys.end}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
      )}
      <MakeToken path={path} onMade={live.refresh} />
      <Confirm
        isOpen={ending !== null}
        title={keys.endTitle(ending?.kind ?? "session")}
        button={keys.end}
        isDestructive
        act={async () => {
          await ask(`${path}/keys/${encodeURIComponent(ending?.id ?? "")}`, "DELETE");
          live.refresh();
        }}
        onClose={() => setEnding(null)}
      >
        <Text className="address">{ending?.label}</Text>
        <Text>{ending?.kind === "token" ? keys.endToken : keys.endSession}</Text>
      </Confirm>
    </>
  );
}
