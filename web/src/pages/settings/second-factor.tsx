import { Alert, Anchor, Button, Code, Group, List, Stack, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type {
  BegunSecondFactorView,
  ConfirmedSecondFactorView,
  SecondFactorView,
} from "#http/access/account";
import { ask } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { ActionButton, ActionProblem, useAction } from "../../parts/action-button.tsx";
import { QrCode } from "../../parts/qr-code.tsx";
import { say } from "../../words/settings.ts";

const { factor: words } = say;

/** Switches codes of a second device on and off for one's own sign-in. */
export function SecondFactor() {
  const live = useLive<SecondFactorView>("/account/totp");
  const [begun, setBegun] = useState<BegunSecondFactorView | null>(null);
  const [recovery, setRecovery] = useState<readonly string[]>([]);
  const state = live.value;
  if (state === null) return null;
  return (
    <Stack gap="xs" align="start">
      <Title order={3} size="h4">
        {words.title}
      </Title>
      <Text size="sm">{state.isOn ? words.on(state.recoveryCodes) : words.off}</Text>
      {recovery.length === 0 ? null : (
        <Alert color="teal" variant="light" role="status">
          <Text size="sm" mb="xs">
            {words.recovery}
          </Text>
          <List size="sm">
            {recovery.map((code) => (
              <List.Item key={code}>
                <Code>{code}</Code>
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {state.isOn ? (
        <CodeForm
          button={words.end}
          hint={words.endHint}
          act={async (code) => {
            await ask("/account/totp/off", "POST", { code });
            setRecovery([]);
            live.refresh();
          }}
        />
      ) : begun === null ? (
        <ActionButton
          variant="default"
          act={async () => setBegun(await ask<BegunSecondFactorView>("/account/totp", "POST"))}
        >
          {words.begin}
        </ActionButton>
      ) : (
        <>
          <Text size="sm">{words.picture}</Text>
          <QrCode text={begun.url} label={words.pictureLabel} />
          <Text size="sm">{words.secret}</Text>
          <Code className="address">{begun.secret}</Code>
          <Anchor href={begun.url} size="sm" underline="always">
            {words.open}
          </Anchor>
          <CodeForm
            button={words.confirm}
            hint={words.codeHint}
            act={async (code) => {
              const made = await ask<ConfirmedSecondFactorView>("/account/totp", "PUT", { code });
              setRecovery(made.recoveryCodes);
              setBegun(null);
              live.refresh();
            }}
          />
        </>
      )}
    </Stack>
  );
}

interface CodeFormProps {
  readonly button: string;
  readonly hint: string;
  readonly act: (code: string) => Promise<void>;
}

function CodeForm({ button, hint, act }: CodeFormProps) {
  const [code, setCode] = useState("");
  const action = useAction(async () => {
    await act(code.trim());
    setCode("");
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    action.start();
  };
  return (
    <form onSubmit={submit}>
      <Group align="end">
        <TextInput
          label={words.code}
          description={hint}
          autoComplete="one-time-code"
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={action.isBusy}>
          {button}
        </Button>
      </Group>
      <ActionProblem action={action} />
    </form>
  );
}
