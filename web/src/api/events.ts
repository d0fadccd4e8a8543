/**
 * The stream of what changes on the server: one for the whole window, open while somebody listens. It promises that
 * nobody who listens misses a change of their topics for longer than the stream is down; while it is, `isStreaming`
 * says so.
 */

interface Listener {
  readonly topics: readonly string[];
  /** Something may have changed. */
  readonly news: () => void;
}

/** Milliseconds. */
const pause = { reopen: 5000, close: 1000 };

const listeners = new Set<Listener>();
let source: EventSource | null = null;
let isUp = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether whoever listens hears of changes now. */
export function isStreaming(): boolean {
  return isUp;
}

/** Calls back whenever something of these topics has changed, and whenever that cannot be known. */
export function onNews(topics: readonly string[], news: () => void): () => void {
  const listener = { topics, news };
  listeners.add(listener);
  clearTimeout(timer);
  if (source === null) open();
  return () => {
    listeners.delete(listener);
    // The next page listens at once.
    if (listeners.size === 0) {
      clearTimeout(timer);
      timer = setTimeout(close, pause.close);
    }
  };
}

function open(): void {
  const opened = new EventSource("/api/events");
  source = opened;
  opened.onopen = () => {
    isUp = true;
  };
  opened.addEventListener("reset", () => tell(() => true));
  opened.addEventListener("changed", (event: MessageEvent<string>) => {
    const { topics } = JSON.parse(event.data) as { readonly topics: readonly string[] };
    const changed = new Set(topics);
    tell((listener) => listener.topics.some((topic) => changed.has(topic)));
  });
  opened.onerror = () => {
    const wasUp = isUp;
    isUp = false;
    // The browser opens it again by itself, unless it was refused.
    if (opened.readyState === EventSource.CLOSED && source === opened) {
      close();
      timer = setTimeout(() => {
        if (listeners.size > 0 && source === null) open();
      }, pause.reopen);
    }
    if (wasUp) tell(() => true);
  };
}

function close(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
  isUp = false;
}

function tell(whom: (listener: Listener) => boolean): void {
  for (const listener of [...listeners]) if (whom(listener)) listener.news();
}
