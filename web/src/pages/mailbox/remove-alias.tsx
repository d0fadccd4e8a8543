import { Text } from "@mantine/core";
import type { WholeAliasView } from "#http/aliases";
import { ask, Trouble } from "../../api/client.ts";
import { type Live, useLive } from "../../api/live.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Notices } from "../../parts/notices.tsx";
import { say } from "../../words/mailbox.ts";
import { named } from "./named-targets.ts";

const { aliases: words } = say;

interface RemoveAliasProps {
  readonly alias: string;
  /** Its address: mail for the alias no longer comes here, but still goes to its other targets. */
  readonly mailbox: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Says where mail goes once an alias does not lead here, as it is at that moment; and then does it. */
export function RemoveAlias({ alias, mailbox, isOpen, onClose, onDone }: RemoveAliasProps) {
  const path = `/aliases/${encodeURIComponent(alias)}`;
  const live = useLive<WholeAliasView>(path);
  const leadsHere = live.value?.targets.includes(mailbox) ?? false;
  const remove = async (): Promise<void> => {
    await ask(`${path}?target=${encodeURIComponent(mailbox)}`, "DELETE", undefined, live.tag).catch(
      (error: unknown) => {
        if (error instanceof Trouble && error.kind === "changed-meanwhile") live.refresh();
        throw error;
      },
    );
    onDone();
  };
  return (
    <Confirm
      isOpen={isOpen}
      title={words.confirm(alias)}
      button={words.remove}
      isDestructive
      isReady={leadsHere}
      act={remove}
      onClose={onClose}
    >
      <Notices live={live} />
      <Consequence live={live} alias={alias} mailbox={mailbox} />
    </Confirm>
  );
}

interface ConsequenceProps {
  readonly live: Live<WholeAliasView>;
  readonly alias: string;
  readonly mailbox: string;
}

function Consequence({ live, alias, mailbox }: ConsequenceProps) {
  if (live.value === null) return null;
  const others = live.value.targets.filter((target) => target !== mailbox);
  const text = !live.value.targets.includes(mailbox)
    ? words.gone(alias)
    : others.length === 0
      ? words.last(alias, mailbox)
      : words.stays(alias, mailbox, named(others));
  return (
    <Text className="address" role="status">
      {text}
    </Text>
  );
}
