import { fileURLToPath } from "node:url";
import type { Endpoint } from "../loopback.ts";
import { run } from "../program.ts";

/** A message as a POP3 server gave it to RETR. */
export interface RetrievedMessage {
  readonly number: number;
  readonly sha256: string;
  readonly content: Buffer;
}

/** Everything a POP3 server shows of one maildrop. */
export interface Maildrop {
  /** STAT. */
  readonly count: number;
  readonly octets: number;
  /** LIST and UIDL: message number and what follows it, in the order given. */
  readonly sizes: readonly (readonly [number, string])[];
  readonly uidls: readonly (readonly [number, string])[];
  /** RETR of every message. */
  readonly messages: readonly RetrievedMessage[];
}

interface Printed extends Omit<Maildrop, "messages"> {
  readonly messages: readonly { number: number; sha256: string; content: string }[];
}

const READER = fileURLToPath(new URL("maildrop.py", import.meta.url));

/** Reads a maildrop with a plain Python socket; nothing of ours takes part. Throws with the server's words if it refuses. */
export async function readMaildrop(server: Endpoint, login: string, password: string): Promise<Maildrop> {
  const done = await readListing(server, login, password, ["--retr"]);
  return done;
}

/** Only STAT, LIST and UIDL. */
export function listMaildrop(server: Endpoint, login: string, password: string): Promise<Maildrop> {
  return readListing(server, login, password, []);
}

async function readListing(
  server: Endpoint,
  login: string,
  password: string,
  flags: readonly string[],
): Promise<Maildrop> {
  const argv = ["python3", READER, server.host, String(server.port), login, ...flags];
  const done = await run(argv, { input: `${password}\n`, limit: 170_000 });
  if (done.exitCode !== 0) throw new Error(`maildrop of ${login}: ${done.stderr}`);
  const printed = JSON.parse(done.stdout.toString("utf8")) as Printed;
  return {
    ...printed,
    messages: printed.messages.map((message) => ({
      ...message,
      content: Buffer.from(message.content, "base64"),
    })),
  };
}
