import { Alert, Button, Center, Paper, Stack, Title } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { textOf } from "../api/client.ts";

interface CardFormProps {
  readonly title: string;
  readonly button: string;
  /** Told above the fields; null: nothing to tell. */
  readonly note: string | null;
  readonly onSubmit: () => Promise<void>;
  readonly children: ReactNode;
}

/** One small form in the middle of the page. What was typed stays when it does not work. */
export function CardForm({ title, button, note, onSubmit, children }: CardFormProps) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    onSubmit()
      .catch((error: unknown) => setProblem(textOf(error)))
      .finally(() => setBusy(false));
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder shadow="sm" p="xl" w={380} maw="100%">
        <form onSubmit={submit}>
          <Stack>
            <Title order={1} size="h2">
              {title}
            </Title>
            {note === null ? null : <p>{note}</p>}
            {children}
            {problem === null ? null : (
              <Alert color="red" role="alert" variant="light">
                {problem}
              </Alert>
            )}
            <Button type="submit" loading={isBusy}>
              {button}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
