import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { WholeAliasView } from "#http/aliases";
import { ask } from "../../api/client.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { type Asked, useAsked } from "../../parts/asked.ts";
import { useKept } from "../../parts/kept.ts";
import { say } from "../../words/mailbox.ts";
import { Done } from "./done.tsx";
import { named } from "./named-targets.ts";

const { aliases: words } = say;

interface AddAliasProps {
  /** Its address. */
  readonly mailbox: string;
  readonly domain: string;
  readonly onDone: () => void;
}

/** One more address of a mailbox: the server says what it thinks of it while it is typed. */
export function AddAlias({ mailbox, domain, onDone }: AddAliasProps) {
  const [kept, keep] = useKept<string>(`alias-of ${mailbox}`);
  const [added, setAdded] = useState<string | null>(null);
  const typed = (kept ?? "").trim().toLowerCase();
  const alias = typed === "" || typed.includes("@") ? typed : `${typed}@${domain}`;
  const path = `/aliases/${encodeURIComponent(alias)}?target=${encodeURIComponent(mailbox)}`;
  const checked = useAsked(
    alias === "" ? null : path,
    async (): Promise<Checked> => ({
      alias,
      view: await ask<WholeAliasView>(path),
    }),
  );
  const isGood =
    checked.state === "answered" && checked.value.alias === alias && checked.value.view.problem === null;
  const action = useAction(async () => {
    setAdded(null);
    await ask("/aliases", "POST", { address: alias, target: mailbox });
    keep(null);
    setAdded(alias);
    onDone();
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) action.start();
      }}
    >
      <Stack gap="xs">
        <Group align="end" gap="sm">
          <TextInput
            label={words.address}
            miw={280}
            maxLength={512}
            placeholder={`sales@${domain}`}
            value={kept ?? ""}
            onChange={(event) => keep(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={action.isBusy} disabled={!isGood}>
            {words.add}
          </Button>
        </Group>
        <Consequence checked={checked} alias={alias} />
        <ActionProblem action={action} />
        <Done isDone={added !== null && typed === ""} text={words.added(added ?? "")} />
      </Stack>
    </form>
  );
}

/** What the server said, and of which address. */
interface Checked {
  readonly alias: string;
  readonly view: WholeAliasView;
}

function Consequence({ checked, alias }: { readonly checked: Asked<Checked>; readonly alias: string }) {
  if (checked.state === "incomplete") return null;
  if (checked.state === "refused") return <Refused text={checked.text} />;
  if (checked.state !== "answered" || checked.value.alias !== alias)
    return <Text size="sm">{words.checking}</Text>;
  const { address, targets, problem } = checked.value.view;
  if (problem !== null) return <Refused text={problem} />;
  return (
    <Text size="sm" className="address" role="status">
      {targets.length === 0 ? words.comes(address) : words.comesToo(address, named(targets))}
    </Text>
  );
}

function Refused({ text }: { text: string }) {
  return (
    <Alert color="red" variant="light" title={words.refused} className="address">
      {text}
    </Alert>
  );
}
