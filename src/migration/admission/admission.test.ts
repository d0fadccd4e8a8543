import { describe, expect, test } from "vitest";
import { settle } from "../../../test/jobs/manual-clock.ts";
import { domain, House } from "../../../test/migration/house.ts";
import { put } from "../../../test/old-server/maildrop.ts";
import type { Trouble } from "../old-server/old-server.ts";
import { openPassword } from "./sealing.ts";

async function house(messages = 3): Promise<House> {
  const made = await House.migrating();
  const anna = made.mailboxes.add(`anna@${domain}`, "secret");
  for (let n = 1; n <= messages; n++) put(anna, `Subject: ${n}\r\n\r\nbody ${n}\r\n`, `uid-${n}`);
  return made;
}

describe("a first login", () => {
  test("makes everything real in one commit, over one session", async () => {
    await using it = await house();
    const mailbox = await it.admit("anna");
    expect(it.ledger.inbox(mailbox).map(({ uidl }) => uidl)).toEqual(["uid-1", "uid-2", "uid-3", "welcome"]);
    await it.untilFollowing(mailbox);
    expect(it.ledger.texts(mailbox)).toEqual([1, 2, 3].map((n) => `Subject: ${n}\r\n\r\nbody ${n}\r\n`));
    expect(it.old.logins).toEqual([`anna@${domain}`]);
    expect(it.old.open).toBe(0);
    expect(await it.ledger.transfer(mailbox)).toMatchObject({
      state: "following",
      messages: 3,
      messagesHere: 3,
      reason: null,
      loginName: `anna@${domain}`,
    });
  });

  test("keeps the old password sealed for this address only", async () => {
    await using it = await house();
    const mailbox = await it.admit("anna");
    const kept = await it.ledger.sealedPassword(mailbox);
    const key = (await it.keys.get("key")) ?? new Uint8Array();
    const open = (address: string) => kept && openPassword(key, address, kept.sealed);
    expect(Buffer.from(open(`anna@${domain}`) ?? "").toString()).toBe("secret");
    expect(open(`bob@${domain}`)).toBeNull();
  });

  test("a migration message comes from the postmaster, after all old messages", async () => {
    await using it = await house();
    const mailbox = await it.admit("anna");
    const welcome = it.ledger.inbox(mailbox).at(-1);
    const text = welcome ? (it.ledger.contents.get(welcome.content)?.toString() ?? "") : "";
    expect(text).toMatch(/^From: <postmaster@big-company.com>\r\nTo: <anna@big-company.com>\r\n/);
  });

  test("an empty maildrop is a mailbox, too", async () => {
    await using it = await house(0);
    const mailbox = await it.admit("anna");
    await it.untilFollowing(mailbox);
    expect(it.ledger.texts(mailbox)).toEqual([]);
  });

  test("a wrong password creates nothing", async () => {
    await using it = await house();
    expect(await it.login("anna", "wrong")).toEqual({ answer: "bad" });
    expect(await it.login("nobody")).toEqual({ answer: "bad" });
    expect(it.ledger.mailboxOf(`anna@${domain}`)).toBeNull();
    expect(it.ledger.commits).toEqual(["setMigration"]);
  });

  test.each<Trouble>(["down", "locked", "login-delay", "throttled", "tls", "protocol", "timeout", "dropped"])(
    "%s is no wrong password, creates nothing, and the next try works",
    async (trouble) => {
      await using it = await house();
      it.old.beforeLogin = async () => ({ verdict: "cannot-tell", trouble, reason: "not now" });
      expect(await it.login("anna")).toMatchObject({ answer: "cannot-tell" });
      expect(it.ledger.mailboxOf(`anna@${domain}`)).toBeNull();
      it.old.beforeLogin = async () => null;
      expect(await it.login("anna")).toMatchObject({ answer: "admitted" });
    },
  );

  test("a password of the other encoding is tried once, and the one that worked is kept", async () => {
    await using it = await house(0);
    it.mailboxes.add(`carl@${domain}`, "Stra\u00dfe");
    const latin = Buffer.from("Stra\u00dfe", "latin1");
    const request = { address: `carl@${domain}`, domain, password: latin, peerAddress: "" };
    const answer = await it.admissions.admit(request);
    if (answer.answer !== "admitted") throw new Error(answer.answer);
    const kept = await it.ledger.sealedPassword(answer.mailbox);
    const key = (await it.keys.get("key")) ?? new Uint8Array();
    const opened = kept && openPassword(key, `carl@${domain}`, kept.sealed);
    expect(Buffer.from(opened ?? "").toString()).toBe("Stra\u00dfe");
    expect(it.old.badLogins).toBe(1);
  });

  test("where nothing migrates nobody is asked", async () => {
    await using it = new House();
    expect(await it.login("anna")).toEqual({ answer: "not-migrating" });
    expect(it.old.badLogins).toBe(0);
  });

  test("a listing that breaks creates nothing and lets the old server go", async () => {
    await using it = await house();
    it.old.beforeListing = async () => {
      throw new Error("a defect");
    };
    expect(await it.login("anna")).toMatchObject({ answer: "cannot-tell" });
    expect([it.old.open, it.ledger.mailboxOf(`anna@${domain}`)]).toEqual([0, null]);
  });

  test("a full disk is trouble of ours and never a wrong password", async () => {
    await using it = await house();
    it.ledger.failing = 1;
    expect(await it.login("anna")).toMatchObject({ answer: "cannot-tell" });
    expect(await it.login("anna")).toMatchObject({ answer: "admitted" });
  });
});

describe("at once", () => {
  test("twenty with the same password are one login on the old server, one mailbox, twenty good answers", async () => {
    await using it = await house();
    const answers = await Promise.all(Array.from({ length: 20 }, () => it.login("anna")));
    const mailbox = it.ledger.mailboxOf(`anna@${domain}`);
    expect(answers).toEqual(answers.map(() => ({ answer: "admitted", mailbox })));
    expect(it.old.logins.length).toBe(1);
    expect(it.ledger.commits.filter((commit) => commit === "admit").length).toBe(1);
  });

  test("of two that both pass, one commit wins and both are in", async () => {
    await using it = await house();
    it.old.exclusive = false;
    const gate = Promise.withResolvers<void>();
    it.old.beforeListing = () => gate.promise;
    // Within one process they would be joined: the other login comes to another machine.
    await using other = new House({}, it);
    const first = it.login("anna");
    const second = other.login("anna");
    await settle();
    gate.resolve();
    const [one, two] = await Promise.all([first, second]);
    expect(one).toEqual(two);
    expect(one.answer).toBe("admitted");
    const mailbox = it.ledger.mailboxOf(`anna@${domain}`);
    if (mailbox !== null) await it.untilFollowing(mailbox);
    await it.until(() => it.old.open === 0);
  });
});

describe("waiting is bounded", () => {
  test("no word within twenty seconds is cannot-tell, and a word that comes later is not lost", async () => {
    await using it = await house();
    const gate = Promise.withResolvers<void>();
    it.old.beforeLogin = async () => {
      await gate.promise;
      return null;
    };
    const answer = it.login("anna");
    await it.clock.advance(20_000);
    expect(await answer).toMatchObject({ answer: "cannot-tell" });
    gate.resolve();
    await it.until(() => it.ledger.mailboxOf(`anna@${domain}`) !== null);
    expect(it.old.logins.length).toBe(1);
  });

  test("a long listing: the person is in, and the mailbox follows whole", async () => {
    await using it = await house();
    const gate = Promise.withResolvers<void>();
    it.old.beforeListing = () => gate.promise;
    const login = it.login("anna");
    await it.clock.advance(5000);
    const answer = await login;
    if (answer.answer !== "pending") throw new Error(answer.answer);
    expect(it.ledger.mailboxOf(`anna@${domain}`)).toBeNull();
    const again = it.login("anna");
    gate.resolve();
    const ready = await answer.ready;
    expect(ready).toEqual({ ok: true, value: it.ledger.mailboxOf(`anna@${domain}`) });
    expect(await again).toMatchObject({ answer: "admitted" });
    expect(it.old.logins.length).toBe(1);
  });
});
