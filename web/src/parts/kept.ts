import { useCallback, useState } from "react";

/** What was typed, in this window alone: it survives another page, a reload, and a sign-in. Never a password. */
const prefix = "typed ";

/** Like useState, but what was set is found again under the same key until it is forgotten (null). */
export function useKept<T>(key: string): readonly [T | null, (value: T | null) => void] {
  const [held, setHeld] = useState<{ readonly key: string; readonly value: T | null }>({
    key,
    value: read(key),
  });
  const value = held.key === key ? held.value : read<T>(key);
  const set = useCallback(
    (next: T | null): void => {
      setHeld({ key, value: next });
      try {
        if (next === null) sessionStorage.removeItem(prefix + key);
        else sessionStorage.setItem(prefix + key, JSON.stringify(next));
      } catch {
        // A browser that keeps nothing: the page itself still does.
      }
    },
    [key],
  );
  return [value, set];
}

function read<T>(key: string): T | null {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + key) ?? "null") as T | null;
  } catch {
    return null;
  }
}
