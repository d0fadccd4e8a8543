import { Alert, Button, Group, PasswordInput, Stack, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ask } from "../../api/client.ts";
import { ActionProblem, useAction } from "../../parts/action-button.tsx";
import { say } from "../../words/settings.ts";
import { NewPassword } from "./new-password.tsx";

const { ownPassword: words } = say;

interface OwnPasswordProps {
  readonly onChanged: () => void;
}

/** Changes one's own password, for who knows the one until now; every other session ends with it. */
export function OwnPassword({ onChanged }: OwnPasswordProps) {
  const [oldPassword, setOldPassword] = useState("");
  const [password, setPassword] = useState("");
  const [isChanged, setChanged] = useState(false);
  const action = useAction(async () => {
    setChanged(false);
    await ask("/account/password", "PUT", { oldPassword, password });
    setOldPassword("");
    setPassword("");
    setChanged(true);
    onChanged();
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    action.start();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" maw={420}>
        <Title order={3} size="h4">
          {words.title}
        </Title>
        <PasswordInput
          label={words.old}
          autoComplete="current-password"
          required
          value={oldPassword}
          onChange={(event) => setOldPassword(event.currentTarget.value)}
        />
        <NewPassword label={words.new} hint={words.hint} value={password} onChange={setPassword} />
        <ActionProblem action={action} />
        {isChanged ? (
          <Alert role="status" variant="light">
            {words.done}
          </Alert>
        ) : null}
        <Group>
          <Button type="submit" variant="default" loading={action.isBusy}>
            {words.button}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
