import { Button, Group, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import type { MigrationStatusView } from "#http/migrations";
import { ask } from "../../api/client.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { say } from "../../words/domain-settings.ts";

/** Ends a migration by hand: says what that means in numbers; the server refuses it while anything would be lost. */
export function SwitchOff({ domain, onDone }: { domain: string; onDone: () => void }) {
  const { migration } = say;
  const path = `/migrations/${encodeURIComponent(domain)}`;
  const [isOpen, setOpen] = useState(false);
  const [numbers, setNumbers] = useState<string | null>(null);
  const [giveUp, setGiveUp] = useState<string | null>(null);
  const open = (): void => {
    setOpen(true);
    ask<MigrationStatusView>(path).then(
      ({ transfers, missing }) => {
        const unsettled = transfers.filter(({ state }) => state !== "settled").length;
        setNumbers(migration.offNumbers(transfers.length, unsettled, missing.length));
      },
      () => setNumbers(null),
    );
  };
  const off = async (): Promise<void> => {
    const names = giveUp?.split(/\s+/).filter((one) => one !== "") ?? [];
    await ask(`${path}/off`, "POST", { giveUp: names }).catch((error: unknown) => {
      setGiveUp((before) => before ?? "");
      throw error;
    });
    onDone();
  };
  return (
    <Group>
      <Button color="red" variant="outline" onClick={open}>
        {migration.switchOff}
      </Button>
      <Confirm
        isOpen={isOpen}
        title={migration.offTitle(domain)}
        button={migration.switchOff}
        isDestructive
        isReady={numbers !== null}
        act={off}
        onClose={() => setOpen(false)}
      >
        {numbers === null ? null : <Text fw={600}>{numbers}</Text>}
        <Text>{migration.offExplain}</Text>
        {giveUp === null ? null : (
          <Textarea
            label={migration.giveUp}
            rows={3}
            value={giveUp}
            onChange={(event) => setGiveUp(event.currentTarget.value)}
          />
        )}
      </Confirm>
    </Group>
  );
}
