import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyStructure, envelopeList } from "./body-structure.ts";
import { FactsReader, factsOf, type MessageFacts } from "./facts.ts";
import { headerSize } from "./header.ts";
import type { MimePart } from "./mime-part.ts";
import { partAt } from "./part-path.ts";

/** A piece of a message as the oracle recorded it; null where the recording server answered NIL. */
type Piece = { readonly bytes: number; readonly sha256: string } | null;

interface Recorded {
  readonly file: string;
  readonly solid: boolean;
  readonly dovecot: {
    readonly "RFC822.SIZE": number;
    readonly ENVELOPE: Readonly<Record<string, unknown>>;
    readonly BODYSTRUCTURE: unknown;
    readonly "BODY[HEADER]": Piece;
    readonly "BODY[TEXT]": Piece;
    readonly "BODY[1]": Piece;
  };
}

const corpus = new URL("../../../shared/corpus/", import.meta.url);
const isThere = existsSync(new URL("oracle.jsonl", corpus));

if (!isThere) {
  const run = process.env.CI === "true" ? it : it.skip;
  run(
    "the shared corpus is at ../shared/corpus (without it, parsing is not compared with other servers)",
    () => {
      expect(isThere).toBe(true);
    },
  );
}

const recorded: readonly Recorded[] = isThere
  ? readFileSync(new URL("oracle.jsonl", corpus), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
  : [];
const solid = recorded.filter((one) => one.solid);

function read(one: Recorded): Uint8Array {
  return readFileSync(new URL(one.file, corpus));
}

function piece(octets: Uint8Array): Piece {
  return { bytes: octets.length, sha256: createHash("sha256").update(octets).digest("hex") };
}

function inChunks(octets: Uint8Array, size: number): MessageFacts {
  const reader = new FactsReader();
  for (let at = 0; at < octets.length; at += size) reader.write(octets.subarray(at, at + size));
  return reader.finish();
}

describe.runIf(isThere)("messages on which other implementations agree", () => {
  it("are all there", () => {
    expect(solid).toHaveLength(396);
  });

  it.each(solid)("$file", (one) => {
    const octets = read(one);
    const facts = factsOf(octets);
    const { ENVELOPE: envelope, BODYSTRUCTURE, ...expected } = one.dovecot;
    const names = [
      "date",
      "subject",
      "from",
      "sender",
      "reply_to",
      "to",
      "cc",
      "bcc",
      "in_reply_to",
      "message_id",
    ];
    expect(envelopeList(facts.envelope)).toEqual(names.map((name) => envelope[name]));

    const structure = bodyStructure(facts.structure, true);
    expect(structure).toEqual(BODYSTRUCTURE);

    expect(facts.size).toBe(expected["RFC822.SIZE"]);
    expect(piece(octets.subarray(0, facts.headerSize))).toEqual(expected["BODY[HEADER]"]);
    expect(piece(octets.subarray(facts.headerSize))).toEqual(expected["BODY[TEXT]"]);
    const first = partAt(facts.structure, [1]);
    expect(first).not.toBeNull();
    // Of containers nobody but the recording server was asked.
    if (first?.message === null && first.parts.length === 0) {
      expect(piece(octets.subarray(first.body.start, first.body.end))).toEqual(expected["BODY[1]"]);
    }
  });
});

describe.runIf(isThere)("every message", () => {
  it.each(recorded)("$file is read the same in any chunks, and consistently", (one) => {
    const octets = read(one);
    const facts = factsOf(octets);
    expect(facts.size).toBe(octets.length);
    expect(facts.sha256).toBe(createHash("sha256").update(octets).digest("hex"));
    expect(facts.lines).toBe(countLines(octets));
    expect(facts.structure.header.start).toBe(0);
    expect(headerSize(octets)).toBe(facts.headerSize);
    expect(facts.structure.body).toEqual({ start: facts.headerSize, end: octets.length });
    expectConsistent(facts.structure, octets);
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);

    if (octets.length < 4096) expect(inChunks(octets, 1)).toEqual(facts);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: Math.min(octets.length, 9000) }), (size) => {
        expect(inChunks(octets, size)).toEqual(facts);
      }),
      { numRuns: 5 },
    );
  });
});

function countLines(octets: Uint8Array): number {
  return octets.reduce((count, octet) => (octet === 10 ? count + 1 : count), 0);
}

/** Header before body, parts inside their parent's body and in order, counts that match the octets. */
function expectConsistent(part: MimePart, octets: Uint8Array): void {
  const { header, body } = part;
  expect(header.start).toBeLessThanOrEqual(header.end);
  expect(header.end).toBe(body.start);
  expect(body.start).toBeLessThanOrEqual(body.end);
  expect(part.lines).toBe(countLines(octets.subarray(body.start, body.end)));
  if (part.type.toLowerCase() === "multipart") expect(part.parts.length).toBeGreaterThan(0);
  let from = body.start;
  for (const inside of part.parts) {
    expect(inside.header.start).toBeGreaterThanOrEqual(from);
    expectConsistent(inside, octets);
    from = inside.body.end;
  }
  expect(from).toBeLessThanOrEqual(body.end);
  if (part.message !== null) {
    const { structure } = part.message;
    expect({ start: structure.header.start, end: structure.body.end }).toEqual(body);
    expectConsistent(structure, octets);
  }
}
