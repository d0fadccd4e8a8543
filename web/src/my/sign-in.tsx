import { Anchor, PasswordInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { MySessionView } from "#http/my/session";
import { ask } from "../api/client.ts";
import { CardForm } from "../parts/card-form.tsx";
import { useKept } from "../parts/kept.ts";
import { words } from "../words/common.ts";
import { say } from "../words/my.ts";

/** Signing in to one's own mailbox, with what the mail program uses. */
export function MySignIn({ hasEnded, onDone }: { hasEnded: boolean; onDone: (who: MySessionView) => void }) {
  const [address, setAddress] = useKept<string>("my address");
  const [password, setPassword] = useState("");
  const signIn = async () => {
    onDone(await ask<MySessionView>("/my/session", "POST", { address: address ?? "", password }));
  };
  return (
    <CardForm
      title={say.signIn.title}
      button={words.signIn.button}
      note={hasEnded ? words.signIn.ended : say.signIn.note}
      onSubmit={signIn}
    >
      <TextInput
        label={say.signIn.address}
        autoComplete="username"
        inputMode="email"
        required
        value={address ?? ""}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <PasswordInput
        label={words.signIn.password}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Text size="sm">{say.signIn.wait}</Text>
      <Anchor href="/" size="sm" underline="always">
        {say.signIn.administrators}
      </Anchor>
    </CardForm>
  );
}
