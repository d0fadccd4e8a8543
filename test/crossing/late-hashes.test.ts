/** Passwords that are hashed when the rush is over (migration/admission/late-hashes): nobody is locked out meanwhile. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import * as faults from "../old-server/faults.ts";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { Company, domain } from "./company.ts";

/** What proves people here, as the disk has it. */
function kept(company: Company): Record<string, "hash" | "sealed" | "nothing"> {
  const database = new DatabaseSync(join(company.data, "mailferry.db"), { readOnly: true });
  try {
    const rows = database
      .prepare(
        `SELECT address, password_hash AS hash, sealed FROM mailbox
         LEFT JOIN unhashed_password ON unhashed_password.mailbox = mailbox.id ORDER BY address`,
      )
      .all();
    return Object.fromEntries(
      rows.map(({ address, hash, sealed }) => [
        String(address).split("@")[0],
        hash !== null ? (sealed === null ? "hash" : "nothing") : sealed !== null ? "sealed" : "nothing",
      ]),
    );
  } finally {
    database.close();
  }
}

async function untilHashed(company: Company): Promise<void> {
  const until = performance.now() + 60_000;
  while (Object.values(kept(company)).some((one) => one !== "hash")) {
    if (performance.now() > until) throw new Error(JSON.stringify(kept(company)));
    await wait(50);
  }
}

const answerTo = (company: Company, name: string, password: string): Promise<string> =>
  company.login(name, password).then(
    async (program) => {
      await program.quit();
      return "+OK";
    },
    (error: Error) => error.message.slice(0, 11),
  );

describe("a password that is not hashed yet", () => {
  test("proves its owner and nobody else, gives way to a new one, outlives kill -9, and is hashed in the end", async () => {
    const stall = faults.stallAfter(2);
    await using company = await Company.start({ pop3: { fault: stall.fault } });
    const people = ["anna", "bob", "carol"];
    for (const name of people) {
      const mailbox = company.mailboxes.add(name, `secret of ${name}`);
      for (let n = 1; n <= 20; n++) put(mailbox, letter(name, `message ${n}`));
    }
    await Promise.all(people.map((name) => company.login(name, `secret of ${name}`)));
    await stall.stalled;
    expect(kept(company)).toEqual({ anna: "sealed", bob: "sealed", carol: "sealed" });
    const asked = company.oldPop3.seen.goodLogins;
    expect(await answerTo(company, "anna", "secret of anna")).toBe("+OK");
    expect(await answerTo(company, "anna", "secret of bob")).toBe("-ERR [AUTH]");
    expect(company.oldPop3.seen.goodLogins).toBe(asked);

    await company.command.put(`/mailboxes/bob@${domain}/password`, { password: "new one" });
    expect(kept(company)).toEqual({ anna: "sealed", bob: "hash", carol: "sealed" });
    expect(await answerTo(company, "bob", "secret of bob")).toBe("-ERR [AUTH]");
    expect(await answerTo(company, "bob", "new one")).toBe("+OK");

    await company.kill();
    expect(kept(company)).toEqual({ anna: "sealed", bob: "hash", carol: "sealed" });
    await company.startServer();
    expect(await answerTo(company, "carol", "secret of carol")).toBe("+OK");
    stall.release();
    await company.copied(3);
    await untilHashed(company);
    const passwords = { anna: "secret of anna", bob: "new one", carol: "secret of carol" };
    for (const [name, password] of Object.entries(passwords)) {
      expect(await answerTo(company, name, password)).toBe("+OK");
      expect(await answerTo(company, name, `${password}!`)).toBe("-ERR [AUTH]");
    }
  });

  test("is hashed before the migration's key is destroyed", async () => {
    const stall = faults.stallAfter(0);
    await using company = await Company.start({ pipe: false, pop3: { fault: stall.fault } });
    company.mailboxes.add("anna", "secret of anna");
    const bob = company.mailboxes.add("bob", "secret of bob");
    for (let n = 1; n <= 20; n++) put(bob, letter("bob", `message ${n}`));
    await company.login("bob", "secret of bob");
    await stall.stalled;
    await company.login("anna", "secret of anna");
    await company.copied(1);
    expect(kept(company)).toEqual({ anna: "sealed", bob: "sealed" });
    await company.command.post(`/migrations/${domain}/off`, { giveUp: [`bob@${domain}`] });
    expect(kept(company)).toEqual({ anna: "hash", bob: "hash" });
    await company.kill();
    await company.startServer();
    for (const name of ["anna", "bob"]) {
      expect(await answerTo(company, name, `secret of ${name}`)).toBe("+OK");
      expect(await answerTo(company, name, "guess")).toBe("-ERR [AUTH]");
    }
  });

  test("that can be opened no more leaves its owner to the old server, and nobody without a way in", async () => {
    const stall = faults.stallAfter(0);
    await using company = await Company.start({ pop3: { fault: stall.fault } });
    const anna = company.mailboxes.add("anna", "secret of anna");
    put(anna, letter("anna", "message"));
    await company.login("anna", "secret of anna");
    await stall.stalled;
    await company.kill();
    // As after a restored backup, which holds no keys: whoever is in such a mailbox has only the old server.
    const database = new DatabaseSync(join(company.data, "mailferry.db"));
    database.exec("UPDATE unhashed_password SET sealed = randomblob(93)");
    database.close();
    stall.release();
    await company.startServer();
    expect(await answerTo(company, "anna", "guess")).toBe("-ERR [AUTH]");
    expect(await answerTo(company, "anna", "secret of anna")).toBe("+OK");
    await untilHashed(company);
    expect(await answerTo(company, "anna", "secret of anna")).toBe("+OK");
    expect(anna.messages).toHaveLength(1);
  });
});
