// Somebody who never logs in is brought over by Dovecot's master user, from the command line; then its owner comes.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { poplibRead } from "./clients/python.ts";
import { eventually } from "./eventually.ts";
import { letters } from "./letters.ts";
import { startMailferry } from "./mailferry.ts";
import { startDovecotCompany } from "./peers/companies.ts";
import { loginOf } from "./peers/old-company.ts";
import { storedMail } from "./peers/stored.ts";
import { beginMove, COMPANY, refused, status } from "./walk-through/administrator.ts";

test("Dovecot's master user brings a mailbox, octet for octet, and opens nothing here", async () => {
  const masters = await mkdtemp(join(tmpdir(), "mailferry-masters-"));
  await using _masters = { [Symbol.asyncDispose]: () => rm(masters, { recursive: true }) };
  await chmod(masters, 0o755); // Dovecot reads it as a user of its own.
  await writeFile(join(masters, "masters"), "mover:{PLAIN}k3y of all:::::\n", { mode: 0o644 });
  const extra = `
auth_master_user_separator = *
passdb {
  driver = passwd-file
  args = scheme=PLAIN ${masters}/masters
  master = yes
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}`;
  await using company = await startDovecotCompany({ extra });
  await using mailferry = await startMailferry({ sweepInterval: "1 h", toml: 'cutover-quiet = "1 s"\n' });
  const anna = company.person("anna");
  await company.addPerson(anna);
  await company.place(anna, letters(20));
  const before = await storedMail(company, anna);
  await beginMove(mailferry, { pop3: company.pop3, smtp: company.exchanger.smtp });

  const user = loginOf(company, anna).includes("@") ? "{address}" : "{local}";
  const args = ["migration", "bring", COMPANY, "--admin-user", "mover", "--form", `${user}*{admin}`];
  const wrong = await mailferry.command([...args, "anna"], { input: "not the key\n" });
  expect([wrong.exitCode, wrong.stdout.toString()]).toEqual([1, expect.stringContaining("refused")]);
  const brought = await mailferry.command([...args, "anna"], { input: "k3y of all\n" });
  expect([brought.exitCode, brought.stdout.toString()], brought.stderr).toEqual([
    0,
    expect.stringContaining("brought"),
  ]);
  await eventually(async () =>
    expect((await status(mailferry)).transfers).toMatchObject([{ state: "following", messagesHere: 20 }]),
  );
  const account = { server: mailferry.pop3, login: anna.address, password: anna.password };
  expect((await poplibRead({ ...account, password: "k3y of all" })).refused).toMatch(/AUTH/);

  // Before its owner came the end is refused, by name.
  expect(await refused(mailferry, "migration", "cutover", COMPANY)).toMatch(/anna@big-company.com/);
  const read = await poplibRead(account);
  expect(read).toMatchObject({ count: 21 });
  await eventually(async () =>
    expect((await status(mailferry)).transfers).toMatchObject([{ state: "following" }]),
  );
  expect((await storedMail(company, anna)).map(({ octets }) => octets)).toEqual(
    before.map(({ octets }) => octets),
  );
  await mailferry.must("migration", "cutover", COMPANY);
  expect(await poplibRead(account)).toMatchObject({ count: 21 });
});
