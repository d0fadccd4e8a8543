import {
  Alert,
  Button,
  Checkbox,
  Code,
  CopyButton,
  Group,
  NumberInput,
  Stack,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import type { TokenView } from "#http/access/administrators";
import { ask } from "../../api/client.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { say } from "../../words/settings.ts";

/** Makes a token for a program, and shows it this once. @param path of the administrator it acts for */
export function MakeToken({ path, onMade }: { path: string; onMade: () => void }) {
  const { keys } = say;
  const [isOpen, setOpen] = useState(false);
  const [label, setLabel] = useState("");
  const [days, setDays] = useState(365);
  const [mayWrite, setMayWrite] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const make = async () => {
    const { token } = await ask<TokenView>(`${path}/tokens`, "POST", { label, mayWrite, days });
    setMade(token);
    setLabel("");
    onMade();
  };
  return (
    <>
      {made === null ? null : (
        <Alert role="status" variant="light" title={keys.made}>
          <Stack gap="sm">
            <Code className="address">{made}</Code>
            <Group>
              <CopyButton value={made}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" variant="default" onClick={copy}>
                    {copied ? keys.copied : keys.copy}
                  </Button>
                )}
              </CopyButton>
            </Group>
          </Stack>
        </Alert>
      )}
      <Group>
        <Button variant="default" onClick={() => setOpen(true)}>
          {keys.make}
        </Button>
      </Group>
      <Confirm
        isOpen={isOpen}
        title={keys.make}
        button={keys.button}
        isReady={label !== "" && days >= 1 && days <= 3650}
        act={make}
        onClose={() => setOpen(false)}
      >
        <TextInput
          label={keys.forWhat}
          description={keys.makeExplain}
          required
          maxLength={200}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <NumberInput
          label={keys.days}
          min={1}
          max={3650}
          allowDecimal={false}
          value={days}
          onChange={(value) => setDays(Number(value))}
        />
        <Checkbox
          label={keys.mayWrite}
          checked={mayWrite}
          onChange={(event) => setMayWrite(event.currentTarget.checked)}
        />
      </Confirm>
    </>
  );
}
