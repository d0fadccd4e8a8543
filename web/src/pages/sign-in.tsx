import { Anchor, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { SessionView } from "#http/access/sessions";
import { ask, Trouble } from "../api/client.ts";
import { CardForm } from "../parts/card-form.tsx";
import { words } from "../words/common.ts";

/** The page for who is not signed in. */
export function SignIn({ hasEnded, onDone }: { hasEnded: boolean; onDone: (who: SessionView) => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState<string | null>(null);
  const signIn = async () => {
    const given = code === null || code === "" ? {} : { code };
    try {
      onDone(await ask<SessionView>("/session", "POST", { name, password, ...given }));
    } catch (error) {
      // The password is good: only then is a code asked for.
      if (!(error instanceof Trouble && error.kind === "code-needed")) throw error;
      setCode("");
    }
  };
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
      {code === null ? null : (
        <TextInput
          label={say.code}
          description={say.codeHint}
          autoComplete="one-time-code"
          required
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      )}
      <Anchor href="/my" size="sm" underline="always">
        {say.ownMailbox}
      </Anchor>
    </CardForm>
  );
}
