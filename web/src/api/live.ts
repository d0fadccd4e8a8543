import { useEffect, useRef, useState } from "react";
import { askTagged, Trouble, textOf } from "./client.ts";
import { isStreaming, onNews } from "./events.ts";
import { topicsOf } from "./topics.ts";

/** What the server tells, kept up to date. `value` stays what it last was while the server cannot be reached. */
export interface Live<T> {
  readonly value: T | null;
  /** Of what people edit: goes along with a change (`ask`), which is refused where somebody else was quicker. */
  readonly tag: string | null;
  readonly isUnreachable: boolean;
  /** Why there is no value, or why it could not be asked for again. */
  readonly problem: string | null;
  /** Asks again at once. */
  readonly refresh: () => void;
}

/**
 * Milliseconds. Where the server tells what changes, asking again is only in case that something was not told; between
 * two questions there is always `least`.
 */
const pause = { told: 15_000, usual: 2000, unreachable: 1000, least: 400 };

/** Asks for a path again whenever what it shows has changed, one question at a time, while the page is looked at. */
export function useLive<T>(path: string): Live<T> {
  const [state, setState] = useState<Omit<Live<T>, "refresh">>({
    value: null,
    tag: null,
    isUnreachable: false,
    problem: null,
  });
  const again = useRef<() => void>(() => {});
  useEffect(() => {
    const topics = topicsOf(path);
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    let isStale = false;
    let lastAsked = 0;
    const usual = (): number => (topics !== null && isStreaming() ? pause.told : pause.usual);
    const lookIn = (milliseconds: number): void => {
      clearTimeout(timer);
      if (!isOver) timer = setTimeout(() => void look(), milliseconds);
    };
    const look = async (): Promise<void> => {
      if (isAsking) {
        isStale = true;
        return;
      }
      isStale = document.hidden;
      if (document.hidden) return lookIn(usual());
      isAsking = true;
      lastAsked = Date.now();
      const wait = await fetchOnce();
      isAsking = false;
      lookIn(isStale ? pause.least : wait);
    };
    const fetchOnce = async (): Promise<number> => {
      try {
        const tagged = await askTagged<T>(path);
        if (!isOver) setState({ ...tagged, isUnreachable: false, problem: null });
        return usual();
      } catch (error) {
        const isUnreachable = error instanceof Trouble && error.kind === "unreachable";
        if (!isOver) setState((before) => ({ ...before, isUnreachable, problem: textOf(error) }));
        return isUnreachable ? pause.unreachable : usual();
      }
    };
    const news = (): void => {
      if (isAsking) isStale = true;
      else lookIn(Math.max(0, lastAsked + pause.least - Date.now()));
    };
    const seen = (): void => {
      if (!document.hidden && isStale) news();
    };
    again.current = () => void look();
    setState({ value: null, tag: null, isUnreachable: false, problem: null });
    void look();
    const leave = topics === null ? () => {} : onNews(topics, news);
    document.addEventListener("visibilitychange", seen);
    return () => {
      isOver = true;
      clearTimeout(timer);
      leave();
      document.removeEventListener("visibilitychange", seen);
    };
  }, [path]);
  return { ...state, refresh: () => again.current() };
}
