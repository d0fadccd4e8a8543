import { expect, test } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import type { LedgerRow } from "../ledger.ts";
import type { ListedMessage } from "../old-server/old-server.ts";
import { haveSameContents, SameMaildrops } from "./same-maildrop.ts";

const server = { host: "10.0.0.5", port: 110 };

function person(address: string) {
  return { address, mailbox: 1 as MailboxId };
}

function maildrop(from: number, to: number, name = "m"): ListedMessage[] {
  const listing: ListedMessage[] = [];
  for (let n = from; n <= to; n++) listing.push({ number: n, uidl: `${name}${n}`, size: 1000 + n });
  return listing;
}

test("an alias used as login lists what its owner lists, also when mail has come meanwhile", () => {
  for (const messages of [10, 40, 64, 100, 3000]) {
    const known = new SameMaildrops();
    expect(known.note(server, person("anna@big-company.com"), maildrop(1, messages))).toBeNull();
    expect(known.note(server, person("bob@big-company.com"), maildrop(1, messages, "b"))).toBeNull();
    expect(known.note(server, person("a.smith@big-company.com"), maildrop(1, messages))).toMatchObject({
      address: "anna@big-company.com",
    });
    expect(
      known.note(server, person("sales@big-company.com"), maildrop(1, messages + Math.floor(messages / 20))),
    ).toMatchObject({ address: "anna@big-company.com" });
  }
});

test("a maildrop is found among many, however its messages differ from the one that was known", () => {
  const known = new SameMaildrops();
  for (let n = 0; n < 300; n++)
    known.note(server, person(`person${n}@big-company.com`), maildrop(1, 60, `p${n}-`));
  for (let n = 0; n < 300; n++) {
    // Up to three messages went and three came: no more than a tenth of both.
    const [gone, came] = [n % 4, (n >> 2) % 4];
    const listing = [...maildrop(1 + gone, 60, `p${n}-`), ...maildrop(61, 60 + came, `new${n}-`)];
    const other = known.note(server, person("alias@big-company.com"), listing);
    expect(other).toMatchObject({ address: `person${n}@big-company.com` });
  }
  expect(known.note(server, person("alias@big-company.com"), maildrop(1, 60, "another-"))).toBeNull();
});

test("the same person is nobody else, and who is forgotten neither", () => {
  const known = new SameMaildrops();
  known.note(server, person("anna@big-company.com"), maildrop(1, 20));
  expect(known.note(server, person("anna@big-company.com"), maildrop(1, 21))).toBeNull();
  known.forget("anna@big-company.com");
  expect(known.note(server, person("a.smith@big-company.com"), maildrop(1, 20))).toBeNull();
});

test("little proves nothing, and neither do unique-ids without sizes alike", () => {
  const known = new SameMaildrops();
  known.note(server, person("anna@big-company.com"), maildrop(1, 7));
  expect(known.note(server, person("bob@big-company.com"), maildrop(1, 7))).toBeNull();
  known.note(server, person("anna@big-company.com"), maildrop(1, 100));
  const otherSizes = maildrop(1, 100).map((one) => ({ ...one, size: 7 * one.number }));
  expect(known.note(server, person("bob@big-company.com"), otherSizes)).toBeNull();
  expect(known.note(server, person("carol@big-company.com"), maildrop(50, 150))).toBeNull();
  const without = maildrop(1, 100).map((one) => ({ ...one, uidl: null }));
  expect(known.note(server, person("dave@big-company.com"), without)).toBeNull();
  expect(known.note(server, person("erin@big-company.com"), without)).toBeNull();
});

test("another server is another matter", () => {
  const known = new SameMaildrops();
  known.note(server, person("anna@big-company.com"), maildrop(1, 20));
  expect(
    known.note({ ...server, port: 1110 }, person("a.smith@big-company.com"), maildrop(1, 20)),
  ).toBeNull();
});

test("contents are the proof", () => {
  const rows = (prefix: string, copied: number): LedgerRow[] =>
    maildrop(1, 20).map(({ number, uidl, size }) => ({
      id: number,
      uidl: uidl ?? "",
      size: size ?? 0,
      occurrence: 0,
      state: "copied",
      content: null,
      sha256: number <= copied ? `${prefix}${number}` : null,
      settledSha256: null,
      reason: null,
      failures: 0,
      nextTry: 0,
      missingSince: null,
      isWanted: true,
    }));
  expect(haveSameContents(rows("a", 20), rows("a", 20))).toBe(true);
  expect(haveSameContents(rows("a", 20), rows("b", 20))).toBe(false);
  expect(haveSameContents(rows("a", 20), rows("a", 7))).toBeNull();
  const known = new SameMaildrops();
  known.note(server, person("anna@big-company.com"), maildrop(1, 20));
  known.tellApart("bob@big-company.com", "anna@big-company.com");
  expect(known.note(server, person("bob@big-company.com"), maildrop(1, 20))).toBeNull();
});
