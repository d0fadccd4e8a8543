/** Every key of the file as a variable: `listeners.pop3.address` is MAILFERRY_LISTENERS_POP3_ADDRESS. */
import { listenerNames } from "./schema.ts";

const keys: readonly (readonly string[])[] = [
  ["hostname"],
  ["default-domain"],
  ["data"],
  ["max-message"],
  ["log-level"],
  ["tls", "certificate"],
  ["tls", "key"],
  ["migration", "sweep-interval"],
  ["migration", "connections-per-old-server"],
  ["migration", "cutover-quiet"],
  ["migration", "unknown-recipients-per-hour"],
  ["metrics", "allow"],
  ["queue", "give-up-after"],
  ["submission", "normalise-line-endings"],
  ...listenerNames.flatMap((name) => [
    ["listeners", name, "address"],
    ["listeners", name, "clear-passwords"],
  ]),
];

/** The variable of a key. */
export function variableOf(key: readonly string[]): string {
  return `MAILFERRY_${key.join("_").replaceAll("-", "_").toUpperCase()}`;
}

/** Variables that look like a key's and are none: mistyped, most likely. Others' may begin like ours, too. */
export function strangeVariables(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const known = new Set(["MAILFERRY_CONFIG", ...keys.map(variableOf)]);
  return Object.keys(environment).filter((name) => name.startsWith("MAILFERRY_") && !known.has(name));
}

/** What the environment sets, in the shape of the file; a list is written with commas. */
export function fromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const key of keys) {
    const value = environment[variableOf(key)];
    if (value === undefined || value === "") continue;
    let table = settings;
    for (const part of key.slice(0, -1)) {
      const below = (table[part] ?? {}) as Record<string, unknown>;
      table[part] = below;
      table = below;
    }
    const last = key.at(-1) ?? "";
    table[last] =
      last === "address" || last === "allow" ? value.split(",").map((part) => part.trim()) : value;
  }
  return settings;
}
