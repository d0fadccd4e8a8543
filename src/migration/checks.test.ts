import { expect, test } from "vitest";
import type { MailboxFindings } from "./check.ts";
import { type CheckOutcome, Checks } from "./checks.ts";

const domain = "big-company.com";
const all = { outcome: null, cursor: "", most: 10 } as const;
const findings = (name: string, change: Partial<MailboxFindings> = {}): MailboxFindings => ({
  ...{ address: `${name}@${domain}`, found: 0, listed: 3, problem: null, isPassing: false },
  ...change,
});

test("a check is seen as its mailboxes are done, those that need a look first, and stays until the next", async () => {
  let now = 1000;
  const checks = new Checks(() => now);
  expect(checks.progress(domain, all)).toBeNull();
  const under = ["anna", "bob", "carol", "dave"].map((name) => ({
    address: `${name}@${domain}`,
    ...Promise.withResolvers<MailboxFindings>(),
  }));
  checks.begun(
    domain,
    under.map(({ address, promise }) => ({ address, findings: promise })),
  );
  const [anna, bob, carol, dave] = under;
  anna?.resolve(findings("anna"));
  bob?.resolve(findings("bob", { found: 2, listed: 5 }));
  await Promise.resolve();
  await Promise.resolve();
  expect(checks.progress(domain, { ...all, most: 3 })).toMatchObject({
    ...{ began: 1000, ended: null, total: 4, done: 2, found: 2, problems: 0 },
    rows: [
      { address: `bob@${domain}`, findings: { found: 2, listed: 5 } },
      { address: `anna@${domain}`, findings: { found: 0 } },
      { address: `carol@${domain}`, findings: null },
    ],
  });
  now = 2000;
  carol?.resolve(findings("carol", { problem: "it is locked", listed: 0 }));
  dave?.reject(new Error("a defect"));
  await Promise.resolve();
  await Promise.resolve();
  const over = checks.progress(domain, all);
  expect(over).toMatchObject({ ended: 2000, total: 4, done: 4, found: 2, problems: 2 });
  expect(over?.rows.map(({ address, findings }) => [address.slice(0, 4), findings?.problem ?? null])).toEqual(
    [
      ["caro", "it is locked"],
      ["dave", "the server could not look at it: its log says why"],
      ["bob@", null],
      ["anna", null],
    ],
  );
  now = 3000;
  checks.begun(domain, []);
  expect(checks.progress(domain, all)).toMatchObject({ began: 3000, ended: 3000, total: 0, rows: [] });
});

test("a check of many mailboxes is looked at page by page, each mailbox once, and by what came of it", async () => {
  const checks = new Checks(() => 1000);
  const under = Array.from({ length: 25 }, (_, n) => {
    const address = `p${String(n).padStart(2, "0")}@${domain}`;
    return { address, ...Promise.withResolvers<MailboxFindings>() };
  });
  const begun = under.map(({ address, promise }) => ({ address, findings: promise }));
  checks.begun(domain, begun.toReversed());
  for (const [n, one] of under.entries())
    if (n < 12)
      one.resolve(findings(one.address.slice(0, 3), n % 4 === 0 ? { problem: "locked" } : { found: n % 2 }));
  await Promise.resolve();
  await Promise.resolve();
  const pages = (outcome: CheckOutcome | null): string[][] => {
    const seen: string[][] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = checks.progress(domain, { outcome, cursor, most: 4 });
      seen.push(page?.rows.map(({ address }) => address.slice(1, 3)) ?? []);
      cursor = page?.next ?? null;
    }
    return seen;
  };
  expect(checks.progress(domain, all)?.counts).toEqual({
    ...{ problem: 3, found: 6, "nothing-new": 3, "not-done": 13 },
  });
  expect(pages(null).map((page) => page.join(" "))).toEqual([
    ...["00 04 08 01", "03 05 07 09", "11 02 06 10"],
    ...["12 13 14 15", "16 17 18 19", "20 21 22 23", "24"],
  ]);
  expect(pages("problem")).toEqual([["00", "04", "08"]]);
  expect(pages("found").map((page) => page.length)).toEqual([4, 2]);
  // While it goes on a page is as full as it was.
  const cursor = checks.progress(domain, { ...all, most: 4 })?.next ?? "";
  for (const one of under.slice(12)) one.resolve(findings(one.address.slice(0, 3)));
  await Promise.resolve();
  await Promise.resolve();
  expect(checks.progress(domain, { ...all, cursor, most: 4 })?.rows).toHaveLength(4);
  expect(new Set(pages(null).flat()).size).toBe(25);
  expect(pages("not-done")).toEqual([[]]);
  expect(checks.progress(domain, { ...all, cursor: "25" })).toMatchObject({ rows: [], next: null });
  for (const strange of ["-5", "x", " "])
    expect(checks.progress(domain, { ...all, cursor: strange })?.rows).toHaveLength(10);
});
