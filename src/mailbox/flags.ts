/** Flags of a message (RFC 3501 §2.3.2): compared without case, kept in the spelling that came first. */
import type { FlagChange } from "./mail-store.ts";

const systemFlags = ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"];
/** What one message may have; more is somebody's mischief. */
const maximumFlags = 100;
const maximumLength = 250;
/** `flag-keyword` and `flag-extension` (RFC 3501 §9): an atom, after a backslash or not. */
const flagSyntax = /^\\?[^\x00-\x20\x7f-\uffff(){%*"\\\]]+$/;

/** The flags, each once, system flags in their usual spelling. Null if one is none, or there are too many. */
export function normalFlags(flags: readonly string[]): readonly string[] | null {
  const normal = new Map<string, string>();
  for (const flag of flags) {
    const key = flag.toLowerCase();
    // \Recent is the server's to give (RFC 3501 §2.3.2).
    if (flag.length > maximumLength || !flagSyntax.test(flag) || key === "\\recent") return null;
    if (!normal.has(key)) normal.set(key, systemFlags.find((one) => one.toLowerCase() === key) ?? flag);
  }
  return normal.size > maximumFlags ? null : [...normal.values()];
}

/**
 * The flags after a change that consists of normal flags.
 * @returns null when they are the same as before
 */
export function changedFlags(before: readonly string[], change: FlagChange): readonly string[] | null {
  const had = new Set(before.map((flag) => flag.toLowerCase()));
  const named = new Set(change.flags.map((flag) => flag.toLowerCase()));
  const isNew = change.flags.some((flag) => !had.has(flag.toLowerCase()));
  const staying = before.filter((flag) => named.has(flag.toLowerCase()));
  switch (change.how) {
    case "add":
      return isNew ? [...before, ...change.flags.filter((flag) => !had.has(flag.toLowerCase()))] : null;
    case "remove":
      return staying.length > 0 ? before.filter((flag) => !named.has(flag.toLowerCase())) : null;
    case "replace":
      return isNew || staying.length < before.length ? change.flags : null;
  }
}
