import { expect, test } from "vitest";
import type { MailboxFindings } from "./check.ts";
import { Checks } from "./checks.ts";

const domain = "big-company.com";
const findings = (name: string, change: Partial<MailboxFindings> = {}): MailboxFindings => ({
  ...{ address: `${name}@${domain}`, found: 0, listed: 3, problem: null, isPassing: false },
  ...change,
});

test("a check is seen as its mailboxes are done, those that need a look first, and stays until the next", async () => {
  let now = 1000;
  const checks = new Checks(() => now);
  expect(checks.progress(domain, 10)).toBeNull();
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
  expect(checks.progress(domain, 3)).toMatchObject({
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
  const over = checks.progress(domain, 10);
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
  expect(checks.progress(domain, 10)).toMatchObject({ began: 3000, ended: 3000, total: 0, rows: [] });
});
