// Courier allows a few connections from one address (four, if nobody changed it) and drops others without a
// greeting: fewer than we open by default. People still get in at once, while others are copied.
import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { letters } from "./letters.ts";
import { startMailferry } from "./mailferry.ts";
import { startCourierCompany } from "./peers/companies.ts";
import { readMaildrop } from "./peers/maildrop.ts";
import { DOMAIN, loginOf, oldMaildrop } from "./peers/old-company.ts";
import { check, status } from "./walk-through/administrator.ts";
import { expectOldMail } from "./walk-through/judge.ts";

test("an old server that bears two connections: everybody gets in, everything comes over", async () => {
  await using company = await startCourierCompany({ maxPerAddress: 2 });
  await using mailferry = await startMailferry();
  await mailferry.must("domain", "add", DOMAIN);
  const from = `pop3://${company.pop3.host}:${company.pop3.port}`;
  await mailferry.must("migration", "on", DOMAIN, "--from", from, "--tls", "none");
  const people = ["anna", "bob", "carol", "dora", "edgar", "frank"].map(company.person);
  const before = new Map<string, Awaited<ReturnType<typeof oldMaildrop>>>();
  for (const person of people) {
    await company.addPerson(person);
    await company.place(person, letters(100, person.address));
    before.set(person.address, await oldMaildrop(company, person));
  }

  const reading = people.map((person) =>
    readMaildrop(mailferry.pop3, loginOf(company, person), person.password),
  );
  for (const [index, now] of (await Promise.all(reading)).entries()) {
    const old = before.get(people[index]?.address ?? "");
    if (old) expectOldMail(now, old);
    expect(now.count).toBe(101);
  }
  await eventually(async () => {
    const { transfers } = await status(mailferry);
    expect(transfers.map(({ state }) => state)).toEqual(people.map(() => "following"));
  });
  const found = await check(mailferry);
  expect([...found]).toEqual(people.map(({ address }) => [address, 0]));
});
