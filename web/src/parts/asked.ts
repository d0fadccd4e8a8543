import { useEffect, useRef, useState } from "react";
import { Trouble, textOf } from "../api/client.ts";

/** What the server thinks of what is being typed. */
export type Asked<T> =
  | { readonly state: "incomplete" | "asking" }
  | { readonly state: "answered"; readonly value: T }
  | { readonly state: "refused"; readonly text: string };

/** How long typing must rest, and how long to wait while the server is away, in milliseconds. */
const pause = { rest: 250, away: 1000 };

/**
 * Asks the server about what is being typed, once the typing rests, and again while the server cannot be reached.
 * @param question what is asked, as one text; null: nothing to ask yet
 */
export function useAsked<T>(question: string | null, put: () => Promise<T>): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({ state: "asking" });
  const latest = useRef(put);
  latest.current = put;
  useEffect(() => {
    if (question === null) return setAsked({ state: "incomplete" });
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const next = await latest.current().then(
        (value): Asked<T> => ({ state: "answered", value }),
        (error: unknown): Asked<T> | null =>
          error instanceof Trouble && error.kind === "unreachable"
            ? null
            : { state: "refused", text: textOf(error) },
      );
      if (isOver) return;
      if (next === null) timer = setTimeout(() => void look(), pause.away);
      else setAsked(next);
    };
    timer = setTimeout(() => void look(), pause.rest);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [question]);
  return asked;
}
