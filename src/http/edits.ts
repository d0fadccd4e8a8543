/**
 * Two people who edit the same thing: what can be edited is shown with a tag (ETag), and a change that names an old
 * one (If-Match) is refused and told what has changed meanwhile. Without If-Match a change holds whatever was there.
 * Changes of one thing are made one after the other, so nothing comes between the comparison and the change.
 * It stands before all routes, and relies on the API itself to show what is there.
 */
import { createHash } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { problemBody } from "./problem-details.ts";

interface Editable {
  /** Where it is shown. */
  readonly shown: RegExp;
  /** The requests that change it, as method and path. */
  readonly changed: RegExp;
  /** Behind what stands before the last group of `changed`. */
  readonly suffix: string;
  /** What of it people edit; left out: all. */
  readonly fields?: readonly string[];
}

const editable: readonly Editable[] = [
  { shown: /^\/domains\/[^/]+$/, changed: /^PATCH (\/domains\/[^/]+)$/, suffix: "" },
  {
    shown: /^\/migrations\/[^/]+\/settings$/,
    changed: /^PUT (\/migrations\/[^/]+)(?:\/limits)?$/,
    suffix: "/settings",
    fields: ["on", "settings"],
  },
  {
    shown: /^\/aliases\/[^/]+$/,
    changed: /^DELETE (\/aliases\/[^/]+)$/,
    suffix: "",
    fields: ["address", "targets"],
  },
  {
    shown: /^\/mailboxes\/[^/]+$/,
    changed: /^PUT (\/mailboxes\/[^/]+)\/quota$/,
    suffix: "",
    fields: ["address", "admitted", "quota"],
  },
];

/** Values that are remembered to say what changed, and the octets of each at most. */
const remembered = { most: 500, octets: 64 * 1024 };

/** @param show shows a resource of the API, as nobody in particular */
export function edits(show: (path: string) => Promise<Response>): MiddlewareHandler {
  const values = new Map<string, string>();
  const turns = new Map<string, Promise<void>>();
  const tagOf = async (response: Response, { fields }: Editable): Promise<string> => {
    const text = JSON.stringify(partOf(await response.clone().json(), fields));
    const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
    if (text.length <= remembered.octets) {
      values.delete(tag);
      values.set(tag, text);
    }
    if (values.size > remembered.most) values.delete(values.keys().next().value ?? "");
    return tag;
  };
  /** The tag as it is now; null where there is nothing. */
  const current = async (path: string, rule: Editable): Promise<string | null> => {
    const response = await show(`/api${path}${rule.suffix}`);
    return response.status === 200 ? await tagOf(response, rule) : null;
  };

  return async (context, next) => {
    const path = context.req.path.slice("/api".length);
    const request = `${context.req.method} ${path}`;
    if (context.req.method === "GET") {
      await next();
      const rule = editable.find(({ shown }) => shown.test(path));
      if (rule && context.res.status === 200) context.header("etag", await tagOf(context.res, rule));
      return undefined;
    }
    const rule = editable.find(({ changed }) => changed.test(request));
    const [, thing] = rule?.changed.exec(request) ?? [];
    if (rule === undefined || thing === undefined) {
      await next();
      return undefined;
    }
    const mine = Promise.withResolvers<void>();
    const before = turns.get(thing);
    turns.set(thing, mine.promise);
    try {
      await before;
      const expected = context.req.header("if-match");
      if (expected !== undefined) {
        const now = await current(thing, rule);
        if (!isAmong(now, expected)) return refusal(context, now, values.get(expected.trim()), values);
      }
      await next();
      return undefined;
    } finally {
      mine.resolve();
      if (turns.get(thing) === mine.promise) turns.delete(thing);
    }
  };
}

/** RFC 9110 §13.1.1: `*` is whatever is there; a weak tag is none of ours. */
function isAmong(tag: string | null, expected: string): boolean {
  if (tag === null) return false;
  return expected.trim() === "*" || expected.split(",").some((one) => one.trim() === tag);
}

function refusal(
  context: Context,
  now: string | null,
  before: string | undefined,
  values: ReadonlyMap<string, string>,
): Response {
  const after = now === null ? undefined : values.get(now);
  const changed =
    before === undefined || after === undefined ? [] : differing("", parse(before), parse(after));
  const what = changed.length === 0 ? "" : ` Changed: ${changed.join(", ")}.`;
  const detail = `Somebody has changed this since you looked at it.${what} Look at it again before you change it.`;
  if (now !== null) context.header("etag", now);
  return problemBody(context, 412, "changed-meanwhile", detail, { changed });
}

/** The names of what differs, as paths. */
function differing(at: string, one: unknown, other: unknown): string[] {
  if (JSON.stringify(one) === JSON.stringify(other)) return [];
  if (!isRecord(one) || !isRecord(other)) return [at];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.flatMap((name) => differing(at === "" ? name : `${at}.${name}`, one[name], other[name]));
}

function partOf(value: unknown, fields: readonly string[] | undefined): unknown {
  if (fields === undefined || !isRecord(value)) return value;
  return Object.fromEntries(fields.map((field) => [field, value[field] ?? null]));
}

function parse(text: string): unknown {
  return JSON.parse(text);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
