import {
  Alert,
  Anchor,
  Button,
  Group,
  List,
  NumberInput,
  PasswordInput,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { useState } from "react";
import type { AliasView } from "#http/domains";
import type { MailboxView } from "#http/mailboxes";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { href } from "../../route.ts";
import { say } from "../../words/mailbox.ts";
import { SendBack } from "./send-back.tsx";

const { settings: words, remove: removing } = say;
const megabyte = 1024 * 1024;

interface SettingsSectionProps {
  readonly mailbox: MailboxView;
  readonly domain: string;
  /** Whether everything may be done, or only what a domain's administrator may. */
  readonly mayAct: boolean;
  readonly isBeingMoved: boolean;
  readonly onDone: () => void;
}

/** Password, quota, other addresses; and the two ways out. */
export function SettingsSection({ mailbox, domain, mayAct, isBeingMoved, onDone }: SettingsSectionProps) {
  const { address } = mailbox;
  return (
    <section aria-labelledby="settings">
      <Stack>
        <Title order={2} size="h3" id="settings">
          {words.title}
        </Title>
        <Password address={address} />
        {mayAct ? <Quota mailbox={mailbox} onDone={onDone} /> : null}
        <Aliases address={address} domain={domain} />
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

function Quota({ mailbox, onDone }: { mailbox: MailboxView; onDone: () => void }) {
  const [typed, type] = useState<number | string | null>(null);
  const [isSet, setIsSet] = useState(false);
  const now = mailbox.quota === null ? "" : Math.round(mailbox.quota / megabyte);
  const value = typed ?? now;
  const action = useAction(async () => {
    setIsSet(false);
    const quota = typeof value === "number" ? Math.round(value * megabyte) : null;
    await ask(`/mailboxes/${encodeURIComponent(mailbox.address)}/quota`, "PUT", { quota });
    type(null);
    setIsSet(true);
    onDone();
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        action.start();
      }}
    >
      <Group align="end">
        <NumberInput
          label={words.quota}
          description={words.quotaHint}
          min={1}
          value={value}
          onChange={type}
        />
        <Button type="submit" variant="default" loading={action.isBusy}>
          {words.setQuota}
        </Button>
      </Group>
      <ActionProblem action={action} />
      <Done isDone={isSet} text={words.quotaSet} />
    </form>
  );
}

function Done({ isDone, text }: { isDone: boolean; text: string }) {
  if (!isDone) return null;
  return (
    <Alert color="teal" variant="light" role="status" mt="xs" py={6}>
      {text}
    </Alert>
  );
}

function Aliases({ address, domain }: { address: string; domain: string }) {
  const live = useLive<readonly AliasView[]>(`/domains/${encodeURIComponent(domain)}/aliases`);
  const own = live.value?.filter(({ target }) => target === address) ?? [];
  return (
    <div>
      <Text fw={500} size="sm">
        {words.aliases}
      </Text>
      {own.length === 0 ? (
        <Text size="sm">{words.noAliases}</Text>
      ) : (
        <List size="sm">
          {own.map((one) => (
            <List.Item key={one.address} className="address">
              {one.address}
            </List.Item>
          ))}
        </List>
      )}
      <Anchor href={href("domain-settings", domain)} size="sm">
        {words.toAliases}
      </Anchor>
    </div>
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
