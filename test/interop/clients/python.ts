import { fileURLToPath } from "node:url";
import { run } from "../program.ts";
import type { Account, Outgoing } from "./account.ts";

/** What poplib saw: everything, or the line of refusal. */
export type PoplibOutcome =
  | { readonly refused: string }
  | {
      readonly refused: undefined;
      readonly count: number;
      readonly octets: number;
      readonly uidls: readonly (readonly [number, string])[];
      readonly messages: readonly Buffer[];
    };

/** What smtplib met: `failed` when the login or the whole message was refused, `refused` per recipient. */
export interface SmtplibOutcome {
  readonly failed: string | undefined;
  readonly refused: Readonly<Record<string, string>>;
}

/** What imaplib saw, each answer's data as it came; or the line of refusal. */
export type ImaplibOutcome =
  | { readonly refused: string }
  | {
      readonly refused: undefined;
      readonly capabilities: readonly string[];
      readonly list: readonly string[];
      readonly lsub: readonly string[];
      readonly namespace: string;
      readonly count: number;
      readonly uids: readonly number[];
      /** What stood before each message. */
      readonly heads: readonly string[];
      readonly messages: readonly Buffer[];
      readonly flags: readonly string[];
      readonly unseen: string;
      readonly subject: string;
      readonly expunged: readonly string[];
      readonly status: Readonly<Record<string, string>>;
    };

/** Puts messages into a folder with imaplib and does with them what people do; see the script. */
export async function imaplibSession(account: Account, messages: readonly Buffer[]): Promise<ImaplibOutcome> {
  const { host, port } = account.server;
  const { login, password } = account;
  const encoded = messages.map((message) => message.toString("base64"));
  const saw = await runPython("imaplib_client.py", { host, port, login, password, messages: encoded });
  if (typeof saw.refused === "string") return { refused: saw.refused };
  const read = saw as unknown as Omit<Exclude<ImaplibOutcome, { refused: string }>, "messages">;
  const octets = (saw.messages as string[]).map((text) => Buffer.from(text, "base64"));
  return { ...read, refused: undefined, messages: octets };
}

/** Reads a maildrop with poplib and deletes the messages with the numbers in `remove`. */
export async function poplibRead(account: Account, remove: readonly number[] = []): Promise<PoplibOutcome> {
  const { host, port } = account.server;
  const { login, password } = account;
  const printed = await runPython("poplib_client.py", { host, port, login, password, delete: remove });
  if (typeof printed.refused === "string") return { refused: printed.refused };
  const read = printed as { count: number; octets: number; uidls: [number, string][]; messages: string[] };
  const messages = read.messages.map((text) => Buffer.from(text, "base64"));
  return { refused: undefined, count: read.count, octets: read.octets, uidls: read.uidls, messages };
}

/** Sends with smtplib; with a login when `account` has one. */
export async function smtplibSend(
  account: Pick<Account, "server"> & Partial<Account>,
  mail: Outgoing,
): Promise<SmtplibOutcome> {
  const { host, port } = account.server;
  const { login, password } = account;
  const message = mail.message.toString("base64");
  const wanted = { host, port, login, password, from: mail.from, to: mail.to, message };
  const printed = await runPython("smtplib_client.py", wanted);
  return {
    failed: printed.failed as string | undefined,
    refused: (printed.refused ?? {}) as Record<string, string>,
  };
}

async function runPython(script: string, wanted: object): Promise<Record<string, unknown>> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const done = await run(["python3", path], { input: JSON.stringify(wanted), limit: 170_000 });
  if (done.exitCode !== 0) throw new Error(`${script}: ${done.stderr}`);
  return JSON.parse(done.stdout.toString("utf8")) as Record<string, unknown>;
}
