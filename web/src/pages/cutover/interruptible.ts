import { useEffect, useRef } from "react";

/** Something that takes long, one at a time: it ends when it is stopped, and when the page is left. */
export interface Interruptible {
  /** A signal for what is begun now; what was begun before ends. */
  readonly begin: () => AbortSignal;
  readonly stop: () => void;
}

export function useInterruptible(): Interruptible {
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  return {
    begin: () => {
      current.current?.abort();
      current.current = new AbortController();
      return current.current.signal;
    },
    stop: () => current.current?.abort(),
  };
}
