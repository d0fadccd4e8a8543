// What must hold when old and new are compared. The readings come from plain Python sockets (peers/maildrop.py).
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { inboxRows } from "../inbox-rows.ts";
import type { Maildrop } from "../peers/maildrop.ts";
import { must } from "../program.ts";

/** Every old message is there, in the old order, under its old number and UIDL, with the same octets. */
export function expectOldMail(now: Maildrop, old: Maildrop): void {
  const known = old.uidls.length;
  expect(now.uidls.slice(0, known), "UIDL").toEqual(old.uidls);
  expect(now.messages.slice(0, known).map(hashOf), "SHA-256 of RETR").toEqual(old.messages.map(hashOf));
  for (const [index, [number, size]] of now.sizes.slice(0, known).entries()) {
    const possible = [old.sizes[index]?.[1], String(old.messages[index]?.content.length)];
    expect(possible, `LIST ${number}: as the old server told it, or as it is`).toContain(size);
  }
}

/** A maildrop agrees with itself: STAT, LIST, UIDL and RETR tell of the same messages and sizes. */
export function expectConsistent(maildrop: Maildrop): void {
  const numbers = maildrop.uidls.map(([number]) => number);
  expect(numbers).toEqual(Array.from({ length: maildrop.count }, (_, index) => index + 1));
  expect(maildrop.sizes.map(([number]) => number)).toEqual(numbers);
  expect(maildrop.octets).toBe(maildrop.sizes.reduce((sum, [, size]) => sum + Number(size), 0));
}

/** How many messages of a maildrop contain `needle`. */
export function countOf(maildrop: Maildrop, needle: string): number {
  return maildrop.messages.filter(({ content }) => content.includes(needle)).length;
}

/**
 * A message on the old server, piped there by us: what was sent, octet by octet, below one Received field of
 * ours and what Postfix itself puts on top.
 */
export function expectPipedUnchanged(stored: Buffer, sent: Buffer, from: string, to: string): void {
  expect(stored.subarray(-sent.length), "octets as sent").toEqual(sent);
  const fields = stored
    .subarray(0, -sent.length)
    .toString("latin1")
    .split(/\r\n(?![ \t])/)
    .filter((field) => field !== "");
  const ours = fields.at(-1) ?? "";
  expect(ours.replaceAll(/\r\n[ \t]+/g, " ")).toMatch(
    /^Received: from .* by mail\.big-company\.com with .*; .*$/,
  );
  const above = fields.slice(0, -1).map((field) => field.replaceAll(/\r\n[ \t]+/g, " "));
  expect(above).toContain(`Return-Path: <${from}>`);
  expect(above).toContain(`Delivered-To: ${to}`);
  const others = above.filter((field) => !/^(Return-Path|X-Original-To|Delivered-To): /.test(field));
  expect(others, "Postfix's own Received and nothing else").toEqual([
    expect.stringMatching(/^Received: from .* by old\.big-company\.com \(Postfix\) /),
  ]);
}

/** The messages `needle` is in. */
export function containing(maildrop: Maildrop, needle: string): readonly Buffer[] {
  return maildrop.messages.map(({ content }) => content).filter((content) => content.includes(needle));
}

const DATES = fileURLToPath(new URL("internal_dates.py", import.meta.url));

/**
 * INTERNALDATE of every message of a maildrop here, as far as `which` chooses, is its newest Received, else its
 * Date, wherever Python has a verdict. Returns how many verdicts there were.
 */
export async function expectInternalDates(
  data: string,
  address: string,
  now: Maildrop,
  which: (content: Buffer, index: number) => boolean,
): Promise<number> {
  const input = JSON.stringify(now.messages.map(({ content }) => content.toString("base64")));
  const verdicts = JSON.parse(await must(["python3", DATES], { input })) as (number | null)[];
  const rows = inboxRows(data, address);
  expect(rows.map(({ uidl }) => uidl)).toEqual(now.uidls.map(([, uidl]) => uidl));
  const judged = now.messages.flatMap(({ content }, index) => {
    const date = verdicts[index] ?? null;
    return date !== null && which(content, index) ? [{ index, date }] : [];
  });
  expect(judged.map(({ index }) => ({ index, date: rows[index]?.internalDate }))).toEqual(judged);
  return judged.length;
}

function hashOf(message: { readonly sha256: string }): string {
  return message.sha256;
}
