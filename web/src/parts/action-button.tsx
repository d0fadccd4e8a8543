import { Alert, Button, type ButtonProps } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { textOf } from "../api/client.ts";

/** Something that takes time: whether it goes on, and how it ended. */
export interface Action {
  readonly isBusy: boolean;
  /** Why it did not work; null as long as it goes on or went well. */
  readonly problem: string | null;
  readonly start: () => void;
}

/** Makes an action of a question to the server; it cannot be begun twice at once. */
export function useAction(act: () => Promise<unknown>): Action {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const start = (): void => {
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    act()
      .catch((error: unknown) => setProblem(textOf(error)))
      .finally(() => setBusy(false));
  };
  return { isBusy, problem, start };
}

/** Says why an action did not work; nothing otherwise. */
export function ActionProblem({ action }: { action: Pick<Action, "problem"> }) {
  if (action.problem === null) return null;
  return (
    <Alert color="red" variant="light" role="alert">
      {action.problem}
    </Alert>
  );
}

interface ActionButtonProps extends ButtonProps {
  readonly act: () => Promise<unknown>;
  readonly children: ReactNode;
  /** What a screen reader says, where the words on the button alone do not tell what it is about. */
  readonly "aria-label"?: string;
}

/** A button that shows that its work goes on, and says beneath itself why it did not work. */
export function ActionButton({ act, children, ...more }: ActionButtonProps) {
  const action = useAction(act);
  return (
    <>
      <Button {...more} loading={action.isBusy} onClick={action.start}>
        {children}
      </Button>
      <ActionProblem action={action} />
    </>
  );
}
