import { Alert, Button, Group, Text } from "@mantine/core";
import { words } from "../words/common.ts";
import { useKept } from "./kept.ts";

/** A setting that is being edited: what the server has, and what was typed instead. */
export interface Draft<T> {
  readonly value: T;
  readonly isChanged: boolean;
  /** What somebody else has set since the typing began; null: nobody has. */
  readonly theirs: T | null;
  readonly set: (value: T) => void;
  /** Goes on with what was typed, over what somebody else set. */
  readonly keepMine: () => void;
  /** Forgets what was typed: after it was saved, or because the other's is better. */
  readonly forget: () => void;
}

/**
 * What was typed is kept until it is saved, whatever the server does meanwhile.
 * @param key where it is kept: one for each setting
 * @param current what the server has
 */
export function useDraft<T>(key: string, current: T): Draft<T> {
  const [typed, keep] = useKept<{ readonly base: T; readonly value: T }>(key);
  const isChanged = typed !== null && !isSame(typed.value, current);
  return {
    value: typed?.value ?? current,
    isChanged,
    theirs: isChanged && !isSame(typed.base, current) ? current : null,
    set: (value) => keep({ base: typed?.base ?? current, value }),
    keepMine: () => keep(typed && { base: current, value: typed.value }),
    forget: () => keep(null),
  };
}

interface ConflictProps<T> {
  readonly draft: Draft<T>;
  /** A setting, as people read it. */
  readonly shown: (value: T) => string;
}

/** Says that somebody else changed the setting meanwhile, shows both, and lets who is asked choose. */
export function Conflict<T>({ draft, shown }: ConflictProps<T>) {
  if (draft.theirs === null) return null;
  const { conflict } = words;
  return (
    <Alert color="orange" variant="light" role="alert" title={conflict.title}>
      <Text size="sm" className="address">
        {conflict.theirs}: {shown(draft.theirs)}
      </Text>
      <Text size="sm" className="address" mb="xs">
        {conflict.mine}: {shown(draft.value)}
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={draft.forget}>
          {conflict.takeTheirs}
        </Button>
        <Button size="xs" variant="default" onClick={draft.keepMine}>
          {conflict.keepMine}
        </Button>
      </Group>
    </Alert>
  );
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
