/** Who has no home here yet, from the first refused login to the end of the migration. */
import { expect, test, vi } from "vitest";
import type { PeopleView } from "#http/people";
import { put } from "../old-server/maildrop.ts";
import { Company, domain } from "./company.ts";
import { runMailferry } from "./mailferry.ts";

vi.setConfig({ testTimeout: 120_000 });

test("people are known by mail, by logins, by headers and by name; nothing ends over their heads", async () => {
  await using company = await Company.start();
  const anna = company.mailboxes.add(`anna@${domain}`, "secret");
  put(anna, `From: anna@${domain}\r\nTo: team@${domain}, x@example.org\r\n\r\nhello\r\n`, "uid-1");
  await using program = await company.login("anna", "secret");
  expect(await program.list()).toHaveLength(2);
  await company.copied(1);
  await expect(company.login("bob", "guessed")).rejects.toThrow();

  const run = (...args: readonly string[]) => runMailferry([...args, "--data", company.data]);
  const noted = await run("migration", "add-users", domain, "carol, 3 MB, 2024-05-01", `dora@${domain}`);
  expect(noted.stdout).toContain(`2 people of ${domain} are expected`);
  expect((await run("migration", "add-users", domain, "eve@example.org")).stderr).toContain(
    "not an address of",
  );

  const people = async (headers: string): Promise<PeopleView["people"]> =>
    (await company.command.get<PeopleView>(`/migrations/${domain}/people?headers=${headers}`)).people;
  expect(await people("true")).toMatchObject([
    { address: `bob@${domain}`, likely: "person", tried: { times: 1 }, accepted: null, named: 0 },
    {
      address: `carol@${domain}`,
      isExpected: true,
      tried: null,
      oldOctets: 3 * 1024 ** 2,
      lastMail: "2024-05-01T00:00:00.000Z",
    },
    { address: `dora@${domain}`, isExpected: true },
    // Who signs the migration message.
    { address: `postmaster@${domain}`, likely: "role", named: 1 },
    { address: `team@${domain}`, likely: "role", named: 1, isExpected: false },
  ]);
  expect((await people("false")).map(({ named }) => named)).toEqual([null, null, null]);
  const table = await run("migration", "people", domain, "--headers");
  expect(table.stdout).toMatch(/^team@big-company\.com +role .* 1$/m);
  expect(table.stdout).toMatch(/^carol@big-company\.com +person +yes +3\.0 MB +2024-05-01 /m);

  expect((await company.status()).missing).toEqual([
    { address: `carol@${domain}`, messages: 0, lastAccepted: null },
    { address: `dora@${domain}`, messages: 0, lastAccepted: null },
  ]);
  const off = await run("migration", "off", domain);
  expect(off.code).toBe(1);
  expect(off.stderr).toContain(`carol@${domain}`);
  const reject = ["domain", "set", domain, "--unknown-users", "reject"];
  expect((await run(...reject)).stderr).toContain(`dora@${domain}`);
  await run("migration", "add-users", domain, "--remove", "dora");
  expect((await run(...reject)).stderr).not.toContain(`dora@${domain}`);
  expect((await run(...reject, "--give-up", `carol@${domain}`)).code).toBe(0);
});
