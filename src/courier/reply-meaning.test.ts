import { expect, test } from "vitest";
import { isPolicyRefusal, type Stage, saysNoSuchMailbox } from "./reply-meaning.ts";

const reply = (code: number, enhanced: string | null = null) => ({ code, enhanced, lines: [] });

test.each<[Stage, number, string | null, boolean]>([
  ["greeting", 554, null, true],
  ["greeting", 421, null, false],
  ["hello", 550, "5.7.1", true],
  ["mail", 550, null, true],
  ["mail", 553, "5.1.8", true],
  ["mail", 552, "5.3.4", false],
  ["mail", 552, null, false],
  ["mail", 451, "4.7.1", false],
  ["rcpt", 550, "5.7.1", true],
  ["rcpt", 530, null, true],
  ["rcpt", 550, "5.1.8", true],
  ["rcpt", 550, "5.1.1", false],
  ["rcpt", 550, null, false],
  ["rcpt", 450, "4.7.1", false],
  ["message", 554, "5.7.23", true],
  ["message", 554, "5.6.0", false],
  ["data", 554, null, false],
])("at %s, %d %s is a refusal of us: %s", (stage, code, enhanced, expected) => {
  expect(isPolicyRefusal(stage, reply(code, enhanced))).toBe(expected);
});

test.each<[number, string | null, ReturnType<typeof saysNoSuchMailbox>]>([
  [550, "5.1.1", "yes"],
  [550, "5.1.0", "yes"],
  [553, "5.1.3", "yes"],
  [551, "5.1.6", "yes"],
  [556, "5.1.10", "yes"],
  [550, "5.1.2", "unclear"],
  [550, null, "unclear"],
  [550, "5.0.0", "unclear"],
  [551, null, "unclear"],
  [553, null, "unclear"],
  [550, "5.7.1", "no"],
  [550, "5.1.8", "no"],
  [552, "5.2.2", "no"],
  [554, null, "no"],
  [530, null, "no"],
  [450, "4.1.1", "no"],
])("RCPT answered with %d %s says no such mailbox: %s", (code, enhanced, expected) => {
  expect(saysNoSuchMailbox(reply(code, enhanced))).toBe(expected);
});
