import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { words } from "../words/common.ts";
import { ActionProblem, useAction } from "./action-button.tsx";

interface ConfirmProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** What will happen, in numbers. */
  readonly children: ReactNode;
  /** The word on the button that does it. */
  readonly button: string;
  readonly isDestructive?: boolean;
  /** False while something has to be filled in first. */
  readonly isReady?: boolean;
  readonly act: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before something is done that cannot be taken back, or that many people notice. It closes when it is done. */
export function Confirm({
  isOpen,
  title,
  children,
  button,
  isDestructive,
  isReady,
  act,
  onClose,
}: ConfirmProps) {
  const action = useAction(async () => {
    await act();
    onClose();
  });
  return (
    // It would lock scrolling by a style element that the pages' policy refuses.
    <Modal.Root opened={isOpen} onClose={onClose} lockScroll={false}>
      <Modal.Overlay />
      <Modal.Content>
        {/* Not Modal.Header: a second header element would be a second banner of the page. */}
        <Group justify="space-between" wrap="nowrap" p="md">
          <Modal.Title className="address">{title}</Modal.Title>
          <Modal.CloseButton aria-label={words.confirm.cancel} />
        </Group>
        <Modal.Body>
          <Stack>
            {children}
            <ActionProblem action={action} />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {words.confirm.cancel}
              </Button>
              <Button
                {...(isDestructive ? { color: "red" } : {})}
                disabled={isReady === false}
                loading={action.isBusy}
                onClick={action.start}
              >
                {button}
              </Button>
            </Group>
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
