import { Button, Checkbox, NumberInput, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { ask } from "../../api/client.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { say } from "../../words/mailboxes.ts";

const { add: words } = say;
const empty = { local: "", password: "", isNew: false, quota: "" as number | string };

/** A button, and what it asks: a mailbox that is ready at once, or that waits for its owner's first login. */
export function AddMailbox({ domain, onDone }: { domain: string; onDone: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const [typed, type] = useState(empty);
  const set = (change: Partial<typeof empty>) => type((before) => ({ ...before, ...change }));
  const add = async () => {
    await ask("/mailboxes", "POST", {
      address: `${typed.local.trim()}@${domain}`,
      password: typed.password === "" ? null : typed.password,
      isNew: typed.isNew,
      quota: typeof typed.quota === "number" ? Math.round(typed.quota * 1024 * 1024) : null,
    });
    type(empty);
    onDone();
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.button}</Button>
      <Confirm
        isOpen={isOpen}
        title={words.title}
        button={words.confirm}
        isReady={typed.local.trim() !== ""}
        act={add}
        onClose={() => setOpen(false)}
      >
        <Stack>
          <TextInput
            label={words.local}
            rightSection={<span className="suffix">@{domain}</span>}
            rightSectionWidth={`${domain.length + 2}ch`}
            autoComplete="off"
            data-autofocus
            value={typed.local}
            onChange={(event) => set({ local: event.currentTarget.value })}
          />
          <PasswordInput
            label={words.password}
            description={words.passwordHint}
            autoComplete="new-password"
            value={typed.password}
            onChange={(event) => set({ password: event.currentTarget.value })}
          />
          <Checkbox
            label={words.isNew}
            description={words.isNewHint}
            checked={typed.isNew}
            onChange={(event) => set({ isNew: event.currentTarget.checked })}
          />
          <NumberInput
            label={words.quota}
            description={words.quotaHint}
            min={1}
            value={typed.quota}
            onChange={(quota) => set({ quota })}
          />
        </Stack>
      </Confirm>
    </>
  );
}
