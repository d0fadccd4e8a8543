// What an IMAP program is asked to do in the tests, in words that curl, imaplib, imapflow and Mail::IMAPClient can
// all follow. A list of deeds is one run of the program; messages are named by their UID.
import type { Account } from "./account.ts";

/** One deed in one folder. */
export type Deed =
  | { readonly do: "list"; readonly folder: string }
  | { readonly do: "fetch"; readonly folder: string; readonly uid: number }
  | { readonly do: "flag"; readonly folder: string; readonly uid: number; readonly flag: string }
  | { readonly do: "move"; readonly folder: string; readonly uid: number; readonly to: string }
  | { readonly do: "delete"; readonly folder: string; readonly uid: number }
  | { readonly do: "append"; readonly folder: string; readonly octets: Buffer };

/** A row of a list: flags without \Recent. */
export interface Row {
  readonly uid: number;
  readonly flags: readonly string[];
}

/** What came of a deed: rows for `list`, octets for `fetch`, neither for the others. */
export interface Outcome {
  readonly rows?: readonly Row[];
  readonly octets?: Buffer;
}

/** Does the deeds in order and tells an outcome for each. Throws with the program's words when one fails. */
export type ImapVerbs = (account: Account, deeds: readonly Deed[]) => Promise<readonly Outcome[]>;

/** A deed as JSON for programs in other languages: octets in base64. */
export function deedsAsJson(account: Account, deeds: readonly Deed[]): string {
  const plain = deeds.map((deed) =>
    deed.do === "append" ? { ...deed, octets: deed.octets.toString("base64") } : deed,
  );
  const { host, port } = account.server;
  return JSON.stringify({ host, port, login: account.login, password: account.password, deeds: plain });
}

/** The outcomes such a program printed. */
export function outcomesFromJson(printed: Buffer): Outcome[] {
  const outcomes = JSON.parse(printed.toString("utf8")) as { rows?: Row[]; octets?: string }[];
  return outcomes.map(({ rows, octets }) => ({
    ...(rows && { rows: rows.map(({ uid, flags }) => ({ uid: Number(uid), flags: countedFlags(flags) })) }),
    ...(octets !== undefined && { octets: Buffer.from(octets, "base64") }),
  }));
}

/** The flags that count, in one order. */
export function countedFlags(flags: Iterable<string>): string[] {
  return [...flags].filter((flag) => flag !== "" && flag.toLowerCase() !== "\\recent").sort();
}
