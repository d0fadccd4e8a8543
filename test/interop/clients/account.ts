// What users' programs are told, and what they leave behind. The programs keep their own state (which messages
// they have seen) in a home directory of their own, so that a second run shows what they remember.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Endpoint } from "../loopback.ts";

/** The settings of an account in a mail program. */
export interface Account {
  readonly server: Endpoint;
  readonly login: string;
  readonly password: string;
}

/** What a download left behind. */
export interface Download {
  readonly exitCode: number;
  readonly stderr: string;
  /** Messages this run downloaded, with CRLF line ends, in the order of delivery. */
  readonly messages: readonly Buffer[];
}

/** What came of sending one message. */
export interface Sending {
  readonly exitCode: number;
  readonly stderr: string;
  /** The dialogue, where the program prints one. */
  readonly transcript: string;
}

/** An envelope and its message. */
export interface Outgoing {
  readonly from: string;
  readonly to: readonly string[];
  readonly message: Buffer;
}

/** Files of `directory` in name order that are not in `seen`; adds them to `seen`. Line feeds become CRLF again. */
export async function newFiles(directory: string, seen: Set<string>): Promise<Buffer[]> {
  const names = (await readdir(directory)).filter((name) => !seen.has(name)).sort();
  for (const name of names) seen.add(name);
  return Promise.all(names.map(async (name) => withCrLf(await readFile(join(directory, name)))));
}

/** Unix programs store LF; this is what they got on the wire (as far as it had CRLF alone). */
export function withCrLf(stored: Buffer): Buffer {
  return Buffer.from(stored.toString("latin1").replaceAll(/\r?\n/g, "\r\n"), "latin1");
}
