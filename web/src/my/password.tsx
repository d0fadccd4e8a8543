import { Alert, Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { PasswordChangedView } from "#http/my/account";
import { ask } from "../api/client.ts";
import { ActionProblem, useAction } from "../parts/action-button.tsx";
import { say } from "../words/my.ts";

/** Changing one's own password, for who knows the old one. */
export function MyPassword() {
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const [changed, setChanged] = useState<PasswordChangedView | null>(null);
  const action = useAction(async () => {
    setChanged(null);
    const answer = await ask<PasswordChangedView>("/my/password", "PUT", { old, password });
    setOld("");
    setPassword("");
    setChanged(answer);
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    action.start();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        <Text size="sm">{say.password.explain}</Text>
        <PasswordInput
          label={say.password.old}
          autoComplete="current-password"
          required
          value={old}
          onChange={(event) => setOld(event.currentTarget.value)}
        />
        <PasswordInput
          label={say.password.new}
          description={say.password.hint}
          autoComplete="new-password"
          required
          minLength={10}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <ActionProblem action={action} />
        {changed === null ? null : (
          <Alert role="status" variant="light">
            {changed.isFollowed ? say.password.doneWhileFollowed : say.password.done}
          </Alert>
        )}
        <Group>
          <Button type="submit" loading={action.isBusy}>
            {say.password.button}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
