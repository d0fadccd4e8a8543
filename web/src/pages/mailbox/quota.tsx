import { Button, Group, NumberInput } from "@mantine/core";
import { useState } from "react";
import type { MailboxView } from "#http/mailboxes";
import { ask, Trouble } from "../../api/client.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { Conflict, useDraft } from "../../parts/draft.tsx";
import { say } from "../../words/mailbox.ts";
import { Done } from "./done.tsx";

const { settings: words } = say;
const megabyte = 1024 * 1024;

interface QuotaProps {
  readonly mailbox: MailboxView;
  /** Of the mailbox as it is shown here. */
  readonly tag: string | null;
  readonly onDone: () => void;
}

/** The quota in megabytes; not over what somebody else has set meanwhile, unless that is chosen. */
export function Quota({ mailbox: { address, quota: octets }, tag, onDone }: QuotaProps) {
  const current = octets === null ? "" : Math.round(octets / megabyte);
  const draft = useDraft<number | string>(`quota ${address}`, current);
  const [isSet, setIsSet] = useState(false);
  const isReady = draft.theirs === null && (draft.value === "" || typeof draft.value === "number");
  const action = useAction(async () => {
    setIsSet(false);
    const quota = typeof draft.value === "number" ? Math.round(draft.value * megabyte) : null;
    const path = `/mailboxes/${encodeURIComponent(address)}/quota`;
    await ask(path, "PUT", { quota }, tag).catch((error: unknown) => {
      if (error instanceof Trouble && error.kind === "changed-meanwhile") onDone();
      throw error;
    });
    draft.forget();
    setIsSet(true);
    onDone();
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) action.start();
      }}
    >
      <Group align="end" mb="xs">
        <NumberInput
          label={words.quota}
          description={words.quotaHint}
          min={1}
          value={draft.value}
          onChange={draft.set}
        />
        <Button type="submit" variant="default" loading={action.isBusy} disabled={!isReady}>
          {words.setQuota}
        </Button>
      </Group>
      <Conflict draft={draft} shown={words.quotaOf} />
      <ActionProblem action={action} />
      <Done isDone={isSet && !draft.isChanged} text={words.quotaSet} />
    </form>
  );
}
