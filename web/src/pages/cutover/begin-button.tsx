import { Button, Checkbox, List, Text } from "@mantine/core";
import { useState } from "react";
import type { CutoverPlanView } from "#http/cutover";
import { ask } from "../../api/client.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { say } from "../../words/cutover.ts";

interface BeginProps {
  readonly path: string;
  readonly plan: CutoverPlanView;
  readonly giveUp: readonly string[];
  readonly onDone: () => void;
}

/** The final button: it says in numbers what will happen, and who is given up has to be agreed to once more. */
export function BeginButton({ path, plan, giveUp, onDone }: BeginProps) {
  const [isOpen, setOpen] = useState(false);
  const begin = async (): Promise<void> => {
    await ask(`${path}/cutover`, "POST", { giveUp });
    onDone();
  };
  return (
    <div>
      <Button onClick={() => setOpen(true)}>{say.begin.button}</Button>
      <Agreement
        key={giveUp.join()}
        giveUp={giveUp}
        isOpen={isOpen}
        title={say.begin.title(plan.domain)}
        button={say.begin.button}
        effects={say.begin.effects(plan)}
        act={begin}
        onClose={() => setOpen(false)}
      />
    </div>
  );
}

interface AgreementProps {
  readonly giveUp: readonly string[];
  readonly isOpen: boolean;
  readonly title: string;
  readonly button: string;
  /** What will happen, in numbers. */
  readonly effects: readonly string[];
  readonly act: () => Promise<void>;
  readonly onClose: () => void;
}

const named = 20;

/** Asks first; people who are given up are named, and agreed to by a tick. */
export function Agreement({ giveUp, effects, ...confirm }: AgreementProps) {
  const [isAgreed, setAgreed] = useState(false);
  return (
    <Confirm {...confirm} isDestructive isReady={giveUp.length === 0 || isAgreed}>
      <Text>{say.begin.willHappen}</Text>
      <List className="address">
        {effects.map((effect) => (
          <List.Item key={effect}>{effect}</List.Item>
        ))}
      </List>
      {giveUp.length === 0 ? null : (
        <>
          <Checkbox
            checked={isAgreed}
            onChange={(event) => setAgreed(event.currentTarget.checked)}
            label={say.begin.givesUp(giveUp.length)}
          />
          <List className="address" size="sm">
            {giveUp.slice(0, named).map((address) => (
              <List.Item key={address}>{address}</List.Item>
            ))}
            {giveUp.length > named ? <List.Item>{say.begin.andMore(giveUp.length - named)}</List.Item> : null}
          </List>
        </>
      )}
    </Confirm>
  );
}
