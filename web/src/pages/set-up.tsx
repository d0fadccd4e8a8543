import { PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { SessionView } from "#http/access/sessions";
import { ask } from "../api/client.ts";
import { CardForm } from "../parts/card-form.tsx";
import { words } from "../words/common.ts";

/** The page behind the link that the first start prints: it makes the first administrator. */
export function SetUp({ token, onDone }: { token: string; onDone: (who: SessionView) => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const begin = async () => {
    const who = await ask<SessionView>("/set-up", "POST", { token, name, password });
    // The link is used up: it must not stand in the history.
    history.replaceState(null, "", "#/");
    onDone(who);
  };
  const { setUp: say } = words;
  return (
    <CardForm title={say.title} button={say.button} note={say.explain} onSubmit={begin}>
      <TextInput
        label={say.name}
        autoComplete="username"
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        label={say.password}
        description={say.hint}
        autoComplete="new-password"
        required
        minLength={12}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </CardForm>
  );
}
