/** The people of the scripted old server as the command line names them, and the mail that they have. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type OldMailboxes, put } from "./maildrop.ts";
import { sampleMail } from "./sample-mail.ts";

export interface Person {
  readonly name: string;
  readonly password: string;
  /** How many messages are generated for this one, or what is in the maildrop. */
  readonly mail: number | readonly Uint8Array[];
}

export interface PeopleOptions {
  /** "anna:120,bob" */
  readonly people: string | undefined;
  /** Each "NAME:PASSWORD". */
  readonly users: readonly string[];
  readonly messages: number;
  /** A folder of .eml files, everybody's mail. */
  readonly folder: string | undefined;
}

const usualPeople = "anna:120,bob:80,carol:60,dave:40";
const mostMessages = 1_000_000;

/** Reads them. Throws RangeError, in words for a person. */
export function readPeople({ people, users, messages, folder }: PeopleOptions): readonly Person[] {
  const mail = folder === undefined ? messages : readFolder(folder);
  const named = (people ?? (users.length > 0 ? "" : usualPeople)).split(",").filter((one) => one !== "");
  const all = [
    ...named.map((one) => {
      const [name = "", count] = one.split(":");
      const own = folder === undefined && count !== undefined ? Number(count) : mail;
      return { name, password: `${name}'s old password`, mail: own };
    }),
    ...users.map((one) => {
      const at = one.indexOf(":");
      if (at < 1) throw new RangeError(`--user: found "${one}", expected NAME:PASSWORD`);
      return { name: one.slice(0, at), password: one.slice(at + 1), mail };
    }),
  ];
  for (const { name, mail: own } of all) {
    if (!/^[^\s@:,]+$/.test(name)) throw new RangeError(`"${name}" is no name of a person`);
    if (typeof own === "number" && !(Number.isInteger(own) && own >= 0 && own <= mostMessages))
      throw new RangeError(`${name}: expected a number of messages up to ${mostMessages}`);
  }
  return all;
}

/** Gives everybody a mailbox with the mail that was said. @param newest epoch milliseconds */
export function settle(
  mailboxes: OldMailboxes,
  people: readonly Person[],
  { domain, newest }: { readonly domain: string; readonly newest: number },
): void {
  for (const [index, { name, password, mail }] of people.entries()) {
    const mailbox = mailboxes.add(name, password);
    const to = `${name}@${domain}`;
    const octets = typeof mail === "number" ? sampleMail({ to, count: mail, seed: index + 1, newest }) : mail;
    for (const one of octets) put(mailbox, one);
  }
}

/** The .eml files of a folder, in the order of their names, with CRLF at the end of every line. */
function readFolder(folder: string): readonly Uint8Array[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.toLowerCase().endsWith(".eml"));
  } catch (error) {
    throw new RangeError(
      `--maildrop: ${folder} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (names.length === 0) throw new RangeError(`--maildrop: there is no .eml file in ${folder}`);
  return names.toSorted().map((name) => withCrLf(readFileSync(join(folder, name))));
}

/** Files that were written with LF alone become what a mail server would have; others stay as they are. */
function withCrLf(octets: Buffer): Buffer {
  if (octets.includes("\r\n")) return octets;
  return Buffer.from(octets.toString("latin1").replaceAll("\n", "\r\n"), "latin1");
}
