/** What of a request or an answer may stand in the audit record: bounded, and nothing that is or may hold a secret. */

const longestText = 200;
const mostItems = 20;
const deepest = 4;
/** Left out by name, wherever they stand; texts that people write are not for the record either. */
const unrecordable = /pass|secret|token|credential|hash|seal|csrf|message$|^text$|^code$/i;

/** The same, shortened, without what must not be recorded. What is left out says so, not what it was. */
export function recordable(value: unknown, depth = 0): unknown {
  if (typeof value === "string")
    return value.length <= longestText ? value : `${value.slice(0, longestText)}…`;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= deepest) return "…";
  if (Array.isArray(value)) {
    const items = value.slice(0, mostItems).map((item) => recordable(item, depth + 1));
    return value.length <= mostItems ? items : [...items, `… ${value.length - mostItems} more`];
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 50)
      .map(([key, item]) => [key, isFor(key, item) ? recordable(item, depth + 1) : "(not recorded)"]),
  );
}

/** Whether there is a password is no secret; neither are figures. */
function isFor(key: string, item: unknown): boolean {
  return item === null || typeof item === "boolean" || typeof item === "number" || !unrecordable.test(key);
}

/** What differs between two states of a thing, before and after; where one is missing, the other whole. */
export function difference(
  before: unknown,
  after: unknown,
): { readonly before?: unknown; readonly after?: unknown } {
  if (before === null && after === null) return {};
  if (!isRecord(before) || !isRecord(after)) {
    return { ...(before === null ? {} : { before }), ...(after === null ? {} : { after }) };
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const pick = (of: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(keys.map((key) => [key, of[key] ?? null]));
  return { before: pick(before), after: pick(after) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
