import { Button, List } from "@mantine/core";
import { useState } from "react";
import type { CutoverView } from "#http/cutover";
import { ask } from "../../api/client.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { say } from "../../words/cutover.ts";

interface UndoProps {
  readonly path: string;
  readonly last: CutoverView | null;
  readonly onDone: () => void;
}

/** Brings back what the last cutover changed: at every step, and after the end. Nothing where nothing is left of it. */
export function UndoButton({ path, last, onDone }: UndoProps) {
  const [isOpen, setOpen] = useState(false);
  if (last === null || last.state === "refused" || last.state === "undone") return null;
  const undo = async (): Promise<void> => {
    await ask(`${path}/cutover/undo`, "POST", {});
    onDone();
  };
  return (
    <div>
      <Button variant="default" onClick={() => setOpen(true)}>
        {say.undo.button}
      </Button>
      <Confirm
        isOpen={isOpen}
        title={say.undo.title}
        button={say.undo.button}
        act={undo}
        onClose={() => setOpen(false)}
      >
        <List className="address">
          {say.undo.effects(last).map((effect) => (
            <List.Item key={effect}>{effect}</List.Item>
          ))}
        </List>
      </Confirm>
    </div>
  );
}
