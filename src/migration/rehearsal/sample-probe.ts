/** Single messages: TOP compared with RETR, sizes, ends and odd octets. */
import { createHash } from "node:crypto";
import { type Pop3Client, Pop3ProtocolError } from "#clients/pop3-client";
import { settledSha256 } from "#mail/settled-hash";
import { type Entry, type RetrievedFacts, type SampleFacts, words } from "./facts.ts";

/** A message as it was looked at once. */
export interface Sample {
  readonly facts: SampleFacts;
  /** Null where it was not retrieved as a whole. */
  readonly octets: Buffer | null;
}

/** Larger messages are not sampled. */
const largest = 4 * 1024 * 1024;

/**
 * The message that is read first, alone, because a server may take away what is read: the smallest of the newest.
 * Null in an empty maildrop.
 */
export function firstToRead(entries: readonly Entry[]): Entry | null {
  const some = entries.slice(-20).filter(({ size }) => (size ?? 0) <= largest);
  return some.toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0))[0] ?? null;
}

/** A few more, once it is known that reading takes nothing away: the oldest, the newest and a large one. */
export function furtherToRead(entries: readonly Entry[], first: Entry | null): readonly Entry[] {
  const some = entries.filter(({ size }) => (size ?? 0) <= largest);
  const large = some.toSorted((a, b) => (b.size ?? 0) - (a.size ?? 0))[0];
  const chosen = [some.at(0), some.at(1), some.at(-1), large].filter(
    (entry) => entry !== undefined && entry.number !== first?.number,
  );
  return [...new Set(chosen)].flatMap((entry) => entry ?? []);
}

/** TOP, and RETR unless it is left out. Throws as the connection does. */
export async function probeSample(client: Pop3Client, entry: Entry, mayRetrieve: boolean): Promise<Sample> {
  const { number, size } = entry;
  const top = await header(client, number);
  if (top === "broken") {
    client.destroy();
    return { facts: { number, size, top, retrieved: null }, octets: null };
  }
  if (!mayRetrieve) return { facts: { number, size, top: bare(top), retrieved: null }, octets: null };
  const began = performance.now();
  const reply = await client.command(`RETR ${number}`);
  if (!reply.ok) {
    const retrieved = { refused: words(reply.text) };
    return { facts: { number, size, top: bare(top), retrieved }, octets: null };
  }
  const { octets, raw } = await body(client);
  const milliseconds = performance.now() - began;
  const retrieved: RetrievedFacts = { ...lookAt(octets, raw), milliseconds };
  if (!(await isInStep(client))) {
    client.destroy();
    const broken = "its end is in the wrong place: what follows is not an answer";
    return { facts: { number, size, top: bare(top), retrieved: { broken } }, octets: null };
  }
  const isSound = top !== "refused" && top.equals(headerOf(octets));
  const judged = isSound ? "sound" : top === "refused" ? top : "differs";
  return { facts: { number, size, top: judged, retrieved }, octets };
}

/** The same text whether it came the first or the second time. */
export function isSame(one: Buffer, other: Buffer): boolean {
  const hash = (octets: Buffer): string => createHash("sha256").update(octets).digest("hex");
  return hash(one) === hash(other);
}

/** The same text but for what mail stores write into messages. */
export function isSameSettled(one: Buffer, other: Buffer): boolean {
  return isSame(one, other) || settled(one) === settled(other);
}

function settled(octets: Buffer): string {
  return settledSha256(octets) ?? createHash("sha256").update(octets).digest("hex");
}

async function header(client: Pop3Client, number: number): Promise<Buffer | "refused" | "broken"> {
  const reply = await client.command(`TOP ${number} 0`);
  if (!reply.ok) return "refused";
  const { octets } = await body(client);
  return (await isInStep(client)) ? octets : "broken";
}

/** Whether the next answer is that to the next command: figures, and not the rest of what was not over. */
async function isInStep(client: Pop3Client): Promise<boolean> {
  try {
    const reply = await client.command("STAT");
    return reply.ok && /^-?\d+[ \t]+-?\d+/.test(reply.text);
  } catch (error) {
    if (error instanceof Pop3ProtocolError) return false;
    throw error;
  }
}

function bare(top: Buffer | "refused"): "refused" | "not-tried" {
  return top === "refused" ? "refused" : "not-tried";
}

async function body(client: Pop3Client): Promise<{ readonly octets: Buffer; readonly raw: Buffer }> {
  const chunks: Uint8Array[] = [];
  const heard: Uint8Array[] = [];
  await client.readBody(
    (chunk) => void chunks.push(Buffer.from(chunk)),
    (chunk) => void heard.push(Buffer.from(chunk)),
  );
  return { octets: Buffer.concat(chunks), raw: Buffer.concat(heard) };
}

/** The header with the empty line after it; all of it where there is no such line. */
function headerOf(octets: Buffer): Buffer {
  const ends = ["\r\n\r\n", "\n\n"].map((end) => ({ at: octets.indexOf(end), length: end.length }));
  const [first] = ends.filter(({ at }) => at >= 0).toSorted((a, b) => a.at - b.at);
  return first ? octets.subarray(0, first.at + first.length) : octets;
}

function lookAt(octets: Buffer, raw: Buffer): Omit<RetrievedFacts, "milliseconds"> {
  const text = raw.toString("latin1");
  const end = /\r?\n\.\r?\n$|^\.\r?\n$/.exec(text);
  const lines = end ? text.slice(0, end.index) : text;
  return {
    octets: octets.length,
    undoubledDot: /(?:^|\n)\.(?!\.)/.test(lines),
    oddEnd: !text.endsWith("\r\n.\r\n") && text !== ".\r\n",
    bareLf: /(?<!\r)\n/.test(octets.toString("latin1")),
    nul: octets.includes(0),
    eightBitHeader: /[\x80-\xff]/.test(headerOf(octets).toString("latin1")),
    storeFields: /^(?:Status|X-Status|X-UIDL?|X-IMAP(?:base)?|X-Keywords):/im.test(
      headerOf(octets).toString("latin1"),
    ),
    fromLine: octets.subarray(0, 5).equals(Buffer.from("From ")),
  };
}
