import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { Trouble } from "../../api/client.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { Conflict, type Draft } from "../../parts/draft.tsx";
import { say } from "../../words/domain-settings.ts";

interface SaveBarProps<T> {
  readonly draft: Draft<T>;
  /** A setting, as people read it. */
  readonly shown: (value: T) => string;
  /** Keeps what was typed on the server. */
  readonly save: () => Promise<unknown>;
  readonly isReady?: boolean;
  /** Looks again at what the server has: somebody else was quicker. */
  readonly refresh: () => void;
  /** After a refusal, what else can be said. */
  readonly onProblem?: () => void;
}

/** Saves what was typed: not over what somebody else has set meanwhile, unless that is chosen. */
export function SaveBar<T>({ draft, shown, save, isReady = true, refresh, onProblem }: SaveBarProps<T>) {
  const [hasSaved, setSaved] = useState(false);
  const action = useAction(async () => {
    setSaved(false);
    await save().catch((error: unknown) => {
      if (error instanceof Trouble && error.kind === "changed-meanwhile") refresh();
      else onProblem?.();
      throw error;
    });
    draft.forget();
    setSaved(true);
  });
  return (
    <>
      <Conflict draft={draft} shown={shown} />
      <ActionProblem action={action} />
      <Group gap="sm">
        <Button
          loading={action.isBusy}
          disabled={!draft.isChanged || draft.theirs !== null || !isReady}
          onClick={action.start}
        >
          {say.save}
        </Button>
        {draft.isChanged ? (
          <Button variant="default" onClick={draft.forget}>
            {say.reset}
          </Button>
        ) : null}
        {hasSaved && !draft.isChanged ? <Text role="status">{say.saved}</Text> : null}
      </Group>
    </>
  );
}
