import { useEffect, useRef, useState } from "react";
import { ask, Trouble, textOf } from "./client.ts";

/** What the server tells, kept up to date. `value` stays what it last was while the server cannot be reached. */
export interface Live<T> {
  readonly value: T | null;
  readonly isUnreachable: boolean;
  /** Why there is no value, or why it could not be asked for again. */
  readonly problem: string | null;
  /** Asks again at once. */
  readonly refresh: () => void;
}

const pause = { usual: 2000, unreachable: 1000 };

/** Asks for a path again and again, one question at a time, while the page is looked at. */
export function useLive<T>(path: string): Live<T> {
  const [state, setState] = useState<Omit<Live<T>, "refresh">>({
    value: null,
    isUnreachable: false,
    problem: null,
  });
  const again = useRef<() => void>(() => {});
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      clearTimeout(timer);
      const wait = document.hidden ? pause.usual : await fetchOnce();
      if (!isOver) timer = setTimeout(() => void look(), wait);
    };
    const fetchOnce = async (): Promise<number> => {
      try {
        const value = await ask<T>(path);
        if (!isOver) setState({ value, isUnreachable: false, problem: null });
        return pause.usual;
      } catch (error) {
        const isUnreachable = error instanceof Trouble && error.kind === "unreachable";
        if (!isOver) setState(({ value }) => ({ value, isUnreachable, problem: textOf(error) }));
        return isUnreachable ? pause.unreachable : pause.usual;
      }
    };
    again.current = () => void look();
    setState({ value: null, isUnreachable: false, problem: null });
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path]);
  return { ...state, refresh: () => again.current() };
}
