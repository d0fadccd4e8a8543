import { Button, Checkbox, List, Loader, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ReturnPlanView } from "#http/returns";
import { ask, textOf } from "../../api/client.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { octets } from "../../words/format.ts";
import { say } from "../../words/mailbox.ts";

const { back: words } = say;

/** A button that first says in numbers what sending somebody back does. */
export function SendBack({ address, onDone }: { address: string; onDone: () => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {words.button}
      </Button>
      {isOpen ? <Question address={address} onDone={onDone} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

interface QuestionProps {
  readonly address: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function Question({ address, onDone, onClose }: QuestionProps) {
  const path = `/returns/${encodeURIComponent(address)}`;
  const [allFolders, setAllFolders] = useState(false);
  const [plan, setPlan] = useState<ReturnPlanView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isOver = false;
    setPlan(null);
    setProblem(null);
    ask<ReturnPlanView>(`${path}/plan`, "POST", { allFolders }).then(
      (made) => isOver || setPlan(made),
      (error: unknown) => isOver || setProblem(textOf(error)),
    );
    return () => {
      isOver = true;
    };
  }, [path, allFolders]);
  return (
    <Confirm
      isOpen
      title={words.title(address)}
      button={words.confirm}
      isDestructive
      isReady={plan !== null}
      act={async () => {
        await ask(path, "POST", { allFolders });
        onDone();
      }}
      onClose={onClose}
    >
      {problem === null ? null : <Text role="alert">{problem}</Text>}
      {plan === null ? (
        problem === null ? (
          <Loader size="sm" aria-label={words.title(address)} />
        ) : null
      ) : (
        <List className="figures" spacing="xs">
          <List.Item>
            {plan.goes.messages === 0
              ? words.nothingGoes
              : words.goes(plan.goes.messages, octets(plan.goes.octets))}
          </List.Item>
          {plan.stays.map(({ folder, messages }) => (
            <List.Item key={folder} className="address">
              {words.stays(messages, folder)}
            </List.Item>
          ))}
          {plan.deletedHere === 0 ? null : <List.Item>{words.deleted(plan.deletedHere)}</List.Item>}
          <List.Item>{words.logins}</List.Item>
        </List>
      )}
      <Checkbox
        label={words.allFolders}
        checked={allFolders}
        onChange={(event) => setAllFolders(event.currentTarget.checked)}
      />
    </Confirm>
  );
}
