import { Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { AccessKeyView, AdministratorView } from "#http/access/administrators";
import type { SessionView } from "#http/access/sessions";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { say } from "../../words/settings.ts";
import { NewPassword, shortestPassword } from "./new-password.tsx";

interface DialogProps {
  /** With what is to be told of it; null: nothing. */
  readonly onDone: (note: string | null) => void;
  readonly onClose: () => void;
}

/** Adds an administrator, or a domain administrator where domains are named. */
export function AddAdministrator({ onDone, onClose }: DialogProps) {
  const [name, setName] = useState("");
  const [domains, setDomains] = useState("");
  const [password, setPassword] = useState("");
  const { administrators: words } = say;
  const add = async () => {
    const named = domains
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((domain) => domain !== "");
    const role = named.length > 0 ? "domain-administrator" : "administrator";
    await ask("/administrators", "POST", { name, role, domains: named, password });
    onDone(words.added(name));
  };
  const isReady = name !== "" && password.length >= shortestPassword;
  return (
    <Confirm isOpen title={words.add} button={words.add} isReady={isReady} act={add} onClose={onClose}>
      <TextInput
        label={words.name}
        autoComplete="off"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={words.domains}
        description={words.domainsHint}
        value={domains}
        onChange={(event) => setDomains(event.currentTarget.value)}
      />
      <NewPassword label={words.newPassword} hint={words.addHint} value={password} onChange={setPassword} />
    </Confirm>
  );
}

/** Sets somebody's password. */
export function SetPassword({ name, onDone, onClose }: DialogProps & { readonly name: string }) {
  const [password, setPassword] = useState("");
  const { administrators: words } = say;
  const set = async () => {
    await ask(`/administrators/${encodeURIComponent(name)}/password`, "PUT", { password });
    onDone(words.passwordSet(name));
  };
  return (
    <Confirm
      isOpen
      title={words.passwordOf(name)}
      button={words.setPassword}
      isReady={password.length >= shortestPassword}
      act={set}
      onClose={onClose}
    >
      <NewPassword label={words.newPassword} hint={words.hint} value={password} onChange={setPassword} />
    </Confirm>
  );
}

interface RemoveProps extends DialogProps {
  readonly name: string;
  readonly who: SessionView;
  readonly all: readonly AdministratorView[];
}

/** Removes somebody, after having told what ends with them. */
export function RemoveAdministrator({ name, who, all, onDone, onClose }: RemoveProps) {
  const path = `/administrators/${encodeURIComponent(name)}`;
  const keys = useLive<readonly AccessKeyView[]>(`${path}/keys`).value ?? [];
  const { administrators: words } = say;
  const remove = async () => {
    await ask(path, "DELETE");
    onDone(null);
  };
  const count = (kind: AccessKeyView["kind"]) => keys.filter((key) => key.kind === kind).length;
  const others = all.some((one) => one.name !== name && one.role === "administrator");
  return (
    <Confirm
      isOpen
      title={words.removeTitle(name)}
      button={words.remove}
      isDestructive
      act={remove}
      onClose={onClose}
    >
      <Text>{words.removeExplain(count("session"), count("token"))}</Text>
      {name === who.name ? <Text>{words.removeSelf}</Text> : null}
      {others ? null : <Text fw={500}>{words.removeLast}</Text>}
    </Confirm>
  );
}
