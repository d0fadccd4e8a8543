import { Button, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { MailboxView } from "#http/mailboxes";
import { ask } from "../../api/client.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { href } from "../../route.ts";
import { say } from "../../words/mailbox.ts";
import { Done } from "./done.tsx";
import { Quota } from "./quota.tsx";
import { SendBack } from "./send-back.tsx";

const { settings: words, remove: removing } = say;

interface SettingsSectionProps {
  readonly mailbox: MailboxView;
  /** Of the mailbox as it is shown here. */
  readonly tag: string | null;
  readonly domain: string;
  /** Whether everything may be done, or only what a domain's administrator may. */
  readonly mayAct: boolean;
  readonly isBeingMoved: boolean;
  readonly onDone: () => void;
}

/** Password, quota; and the two ways out. */
export function SettingsSection(props: SettingsSectionProps) {
  const { mailbox, tag, domain, mayAct, isBeingMoved, onDone } = props;
  const { address } = mailbox;
  return (
    <section aria-labelledby="settings">
      <Stack>
        <Title order={2} size="h3" id="settings">
          {words.title}
        </Title>
        <Password address={address} />
        {mayAct ? <Quota mailbox={mailbox} tag={tag} onDone={onDone} /> : null}
        {mayAct ? (
          <Group>
            {isBeingMoved && mailbox.admitted ? <SendBack address={address} onDone={onDone} /> : null}
            <Remove mailbox={mailbox} isBeingMoved={isBeingMoved} domain={domain} />
          </Group>
        ) : null}
      </Stack>
    </section>
  );
}

function Password({ address }: { address: string }) {
  const [password, setPassword] = useState("");
  const [isSet, setIsSet] = useState(false);
  const action = useAction(async () => {
    setIsSet(false);
    await ask(`/mailboxes/${encodeURIComponent(address)}/password`, "PUT", { password });
    setPassword("");
    setIsSet(true);
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        action.start();
      }}
    >
      <Group align="end">
        <PasswordInput
          label={words.password}
          description={words.passwordNote}
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={action.isBusy}>
          {words.setPassword}
        </Button>
      </Group>
      <ActionProblem action={action} />
      <Done isDone={isSet} text={words.passwordSet} />
    </form>
  );
}

interface RemoveProps {
  readonly mailbox: MailboxView;
  readonly isBeingMoved: boolean;
  readonly domain: string;
}

function Remove({ mailbox: { address, messages, octets }, isBeingMoved, domain }: RemoveProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button color="red" variant="outline" onClick={() => setOpen(true)}>
        {removing.button}
      </Button>
      <Confirm
        isOpen={isOpen}
        title={removing.title(address)}
        button={removing.confirm}
        isDestructive
        act={async () => {
          await ask(`/mailboxes/${encodeURIComponent(address)}`, "DELETE");
          location.hash = href("mailboxes", domain);
        }}
        onClose={() => setOpen(false)}
      >
        <Text>{removing.explain(messages, octets)}</Text>
        {isBeingMoved ? <Text>{removing.migrating}</Text> : null}
      </Confirm>
    </>
  );
}
