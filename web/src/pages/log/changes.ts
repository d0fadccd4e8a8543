/** One thing that a record tells: what it was, what it is. Undefined: there is no such side. */
export interface Change {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Of a change only the fields that differ; of everything else all that was noted, and what was asked for. */
export function changesIn(details: Readonly<Record<string, unknown>>): readonly Change[] {
  const { before, after, asked, ...others } = details;
  const noted = Object.entries(others).map(([name, value]) => ({ name, before: undefined, after: value }));
  const wanted =
    asked === undefined || asked === null ? [] : [{ name: "asked", before: undefined, after: asked }];
  if (!isObject(before) && !isObject(after)) return [...noted, ...wanted];
  const [old, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const changed = names
    .map((name) => ({ name, before: old[name], after: now[name] }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
  return [...changed, ...noted];
}

/** A value of a record as text, bounded. */
export function shownValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === undefined ? "" : text.length > 300 ? `${text.slice(0, 299)}…` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
