// The shared corpus as a client gets it over a socket: what other implementations agree on must be the same, and
// whatever a message is, every answer is well-formed, its octets are those of the message, and its figures agree.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Listener } from "#net/listener";
import { ImapHouse } from "./house.ts";
import { openImap } from "./open.ts";
import { WireReader } from "./wire-reader.ts";
import type { WireValue } from "./wire-values.ts";

/** A piece of a message as the oracle recorded it; null where the recording server answered NIL. */
type Piece = { readonly bytes: number; readonly sha256: string } | null;

interface Recorded {
  readonly file: string;
  readonly solid: boolean;
  readonly dovecot: {
    readonly "RFC822.SIZE": number;
    readonly ENVELOPE: Readonly<Record<string, WireValue>>;
    readonly BODYSTRUCTURE: WireValue;
    readonly "BODY[HEADER]": Piece;
    readonly "BODY[TEXT]": Piece;
    readonly "BODY[1]": Piece;
    readonly "BODY[]": Piece;
  };
}

const envelopeNames = "date subject from sender reply_to to cc bcc in_reply_to message_id".split(" ");
const sections = ["HEADER", "TEXT", "1", "1.MIME", ""].map((section) => `BODY[${section}]`);

const corpus = new URL("../../../shared/corpus/", import.meta.url);
const isThere = existsSync(new URL("oracle.jsonl", corpus));
const recorded: readonly Recorded[] = isThere
  ? readFileSync(new URL("oracle.jsonl", corpus), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
  : [];
const numbered = recorded.map((one, index) => ({ ...one, number: index + 1 }));
const read = ({ file }: Recorded): string => readFileSync(new URL(file, corpus), "latin1");

if (!isThere) {
  const run = process.env.CI === "true" ? it : it.skip;
  run("the shared corpus is at ../shared/corpus (without it, nothing is compared over the wire)", () => {
    expect(isThere).toBe(true);
  });
}

describe.runIf(isThere)("the corpus over the wire", () => {
  let house: ImapHouse;
  let listener: Listener;
  let client: WireReader;

  beforeAll(async () => {
    house = await ImapHouse.open();
    for (const one of recorded) await house.deliver(Buffer.from(read(one), "latin1"));
    listener = await openImap(house);
    client = await WireReader.connect(listener.port);
    await client.command("LOGIN anna secret");
    const { others } = await client.command("SELECT INBOX");
    expect(others).toContain(`${recorded.length} EXISTS`);
  });
  afterAll(async () => {
    client[Symbol.dispose]();
    await listener.close(200);
    await house[Symbol.asyncDispose]();
  });

  /** The values of one message, which must be all that is told. */
  async function fetched(number: number, names: readonly string[]): Promise<readonly WireValue[]> {
    const peeking = names.map((name) => name.replace("BODY[", "BODY.PEEK["));
    const { fetches, others } = await client.command(`FETCH ${number} (${peeking.join(" ")})`);
    expect(others).toEqual([]);
    expect(fetches.map((one) => one.number)).toEqual([number]);
    const items = fetches[0]?.items ?? new Map<string, WireValue>();
    const told = names.map((name) => name.replace(/<(\d+)\.\d+>/, "<$1>"));
    expect([...items.keys()]).toEqual(told);
    return told.map((name) => items.get(name) ?? null);
  }

  it.each(numbered.filter(({ solid }) => solid))("$file is as others read it", async (one) => {
    const { dovecot, number } = one;
    const [size, envelope, structure] = await fetched(number, ["RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE"]);
    expect(size).toBe(dovecot["RFC822.SIZE"]);
    expect(envelope).toEqual(envelopeNames.map((name) => dovecot.ENVELOPE[name]));
    expect(structure).toEqual(dovecot.BODYSTRUCTURE);
    const [header, text, first, , whole] = await fetched(number, sections);
    expect(piece(header)).toEqual(dovecot["BODY[HEADER]"]);
    expect(piece(text)).toEqual(dovecot["BODY[TEXT]"]);
    expect(piece(whole)).toEqual(dovecot["BODY[]"]);
    // Of containers nobody but the recording server was asked.
    if (isLeaf(partOne(structure ?? null))) expect(piece(first)).toEqual(dovecot["BODY[1]"]);
  });

  it.each(numbered)("$file comes octet for octet, and its figures agree", async (one) => {
    const octets = read(one);
    const { number } = one;
    const names = ["UID", "FLAGS", "RFC822.SIZE", "ENVELOPE", "BODY", "BODYSTRUCTURE"];
    const [uid, flags, size, envelope, short, structure] = await fetched(number, names);
    expect([typeof uid, flags, size]).toEqual(["number", [], octets.length]);
    expect(Array.isArray(envelope) && envelope.length).toBe(10);
    const [header, text, first, mime, whole] = await fetched(number, sections);
    expect(whole === octets).toBe(true);
    expect(`${header}${text}` === octets).toBe(true);
    expect([typeof first, typeof mime]).toEqual(["string", "string"]);

    const leaves = leavesOf(structure ?? null);
    expect(leavesOf(short ?? null).map(({ path, octets: count }) => [path, count])).toEqual(
      leaves.map(({ path, octets: count }) => [path, count]),
    );
    for (const leaf of leaves.slice(0, 50)) {
      const [body] = await fetched(number, [`BODY[${leaf.path}]`]);
      expect(typeof body === "string" && body.length, leaf.path).toBe(leaf.octets);
      if (leaf.lines !== null) expect(String(body).split("\n").length - 1, leaf.path).toBe(leaf.lines);
      expect(octets.includes(String(body))).toBe(true);
    }

    const middle = Math.floor(octets.length / 2);
    const [start, end, beyond] = await fetched(number, [
      `BODY[]<0.${middle + 1}>`,
      `BODY[]<${middle}.1000000>`,
      `BODY[]<${octets.length}.1>`,
    ]);
    expect(start === octets.slice(0, middle + 1) && end === octets.slice(middle)).toBe(true);
    expect(beyond).toBe("");
  });
});

function piece(value: WireValue | undefined): Piece {
  if (typeof value !== "string") return null;
  const sha256 = createHash("sha256").update(Buffer.from(value, "latin1")).digest("hex");
  return { bytes: value.length, sha256 };
}

function isMultipart(structure: WireValue): boolean {
  return Array.isArray(structure) && Array.isArray(structure[0]);
}

function isMessage(structure: WireValue): boolean {
  return Array.isArray(structure) && /^message$/i.test(structure[0]) && /^rfc822$/i.test(structure[1]);
}

function isLeaf(structure: WireValue): boolean {
  return !isMultipart(structure) && !isMessage(structure);
}

/** What BODY[1] is of a message. */
function partOne(structure: WireValue): WireValue {
  return isMultipart(structure) && Array.isArray(structure) ? (structure[0] ?? null) : structure;
}

interface Leaf {
  readonly path: string;
  readonly octets: WireValue;
  /** Of text only. */
  readonly lines: WireValue;
}

/** The parts that hold no others, each with the path it has in section names (RFC 3501 §6.4.5). */
function leavesOf(structure: WireValue, path: readonly number[] = []): Leaf[] {
  if (!Array.isArray(structure)) throw new Error("a body structure is no list");
  if (isMultipart(structure)) {
    const parts: WireValue[] = structure.slice(
      0,
      structure.findIndex((value) => !Array.isArray(value)),
    );
    return parts.flatMap((part, index) => leavesOf(part, [...path, index + 1]));
  }
  const own = path.length === 0 ? [1] : path;
  const [type, , , , , , octets, ...rest]: WireValue[] = structure;
  const leaf = { path: own.join("."), octets: octets ?? null, lines: null };
  if (isMessage(structure)) return [leaf, ...insideMessage(rest[1] ?? null, own)];
  return [/^text$/i.test(String(type)) ? { ...leaf, lines: rest[0] ?? null } : leaf];
}

/** A message's own single part is its part 1; a multipart's parts are counted from the message itself. */
function insideMessage(structure: WireValue, path: readonly number[]): Leaf[] {
  return leavesOf(structure, isMultipart(structure) ? path : [...path, 1]);
}
