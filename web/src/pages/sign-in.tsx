import { Anchor, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { SessionView } from "#http/access/sessions";
import { ask } from "../api/client.ts";
import { CardForm } from "../parts/card-form.tsx";
import { words } from "../words/common.ts";

/** The page for who is not signed in. */
export function SignIn({ hasEnded, onDone }: { hasEnded: boolean; onDone: (who: SessionView) => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const signIn = async () => onDone(await ask<SessionView>("/session", "POST", { name, password }));
  const { signIn: say } = words;
  return (
    <CardForm title={say.title} button={say.button} note={hasEnded ? say.ended : null} onSubmit={signIn}>
      <TextInput
        label={say.name}
        autoComplete="username"
        required
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        label={say.password}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Anchor href="/my" size="sm" underline="always">
        {say.ownMailbox}
      </Anchor>
    </CardForm>
  );
}
