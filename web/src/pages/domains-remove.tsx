import { List, Text } from "@mantine/core";
import type { RemovalView } from "#http/domain-checks";
import { ask } from "../api/client.ts";
import { useLive } from "../api/live.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Notices } from "../parts/notices.tsx";
import { say } from "../words/domains.ts";

interface RemoveDomainProps {
  readonly name: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Says in numbers what is in the way of removing a domain, and removes it when nothing is. */
export function RemoveDomain({ name, onClose, onDone }: RemoveDomainProps) {
  const path = `/domains/${encodeURIComponent(name)}`;
  const live = useLive<RemovalView>(`${path}/removal`);
  const reasons = live.value && say.removal.reasons(live.value);
  const remove = async (): Promise<void> => {
    await ask(path, "DELETE");
    onDone();
  };
  return (
    <Confirm
      isOpen
      title={say.removal.title(name)}
      button={say.remove}
      isDestructive
      isReady={reasons?.length === 0}
      act={remove}
      onClose={onClose}
    >
      <Notices live={live} />
      {reasons === null ? <Text>{say.removal.looking}</Text> : <Reasons reasons={reasons} />}
    </Confirm>
  );
}

function Reasons({ reasons }: { readonly reasons: readonly string[] }) {
  if (reasons.length === 0) return <Text>{say.removal.nothing}</Text>;
  return (
    <>
      <Text>{say.removal.inTheWay}</Text>
      <List className="address">
        {reasons.map((reason) => (
          <List.Item key={reason}>{reason}</List.Item>
        ))}
      </List>
    </>
  );
}
