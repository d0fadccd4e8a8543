/**
 * The way to the server. It promises a value or a `Trouble` in words for people; it repeats nothing by itself, so
 * no change is made twice.
 */
import { words } from "../words/common.ts";

/** Why something did not work. `kind` is the problem's title (RFC 9457), or "unreachable". */
export class Trouble extends Error {
  readonly kind: string;
  constructor(kind: string, text: string) {
    super(text);
    this.name = "Trouble";
    this.kind = kind;
  }
}

let csrfToken = "";
let whenSessionEnds: () => void = () => {};

/** Remembers what has to go along with each change. */
export function rememberCsrfToken(token: string): void {
  csrfToken = token;
}

/** Calls back when the server says that nobody is signed in any more. */
export function onSessionEnd(callback: () => void): void {
  whenSessionEnds = callback;
}

/** Something that people edit, and the tag of the state in which it was seen. */
export interface Tagged<T> {
  readonly value: T;
  /** To be sent with a change, so that it is refused where somebody else was quicker; null where nothing is tagged. */
  readonly tag: string | null;
}

/**
 * Asks the API. Throws Trouble.
 * @param tag the change holds only while what it changes is still as it was seen; else Trouble `changed-meanwhile`
 */
export async function ask<T>(
  path: string,
  method = "GET",
  body?: unknown,
  tag: string | null = null,
): Promise<T> {
  return (await (await send(path, method, body, undefined, tag)).json()) as T;
}

/** The same for something that people edit, with its tag. Throws Trouble. */
export async function askTagged<T>(path: string): Promise<Tagged<T>> {
  const response = await send(path);
  return { value: (await response.json()) as T, tag: response.headers.get("etag") };
}

/** Asks the API for what comes in pieces: the answer as it is, which is a good one. Throws Trouble. */
export async function send(
  path: string,
  method = "GET",
  body?: unknown,
  signal?: AbortSignal,
  tag: string | null = null,
) {
  const headers: Record<string, string> = method === "GET" ? {} : { "x-csrf-token": csrfToken };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (tag !== null) headers["if-match"] = tag;
  const request = {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
  const response = await fetch(`/api${path}`, request).catch(() => {
    throw new Trouble("unreachable", words.trouble.unreachable);
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
  const kind = problem.title ?? `status-${response.status}`;
  if (kind === "no-session") whenSessionEnds();
  throw new Trouble(kind, problem.detail ?? words.trouble.unknown);
}

/** What went wrong, for people. */
export function textOf(error: unknown): string {
  return error instanceof Trouble ? error.message : words.trouble.unknown;
}
