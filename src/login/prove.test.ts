import { beforeEach, describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { done, type Outcome } from "#mailbox/problem";
import { comesTo, House, hasher, secretHash } from "../../test/login/prover-house.ts";
import type { Prover } from "./prove.ts";

const minute = 60_000;
let house: House;
let login: Prover;
beforeEach(() => {
  house = new House();
  login = house.login();
});

const prove = (name: string, password: string | Uint8Array, peerAddress?: string): Promise<string> =>
  comesTo(login, name, password, peerAddress);

describe("an admitted mailbox", () => {
  it("goes by the password here; the old server is never asked", async () => {
    expect(await prove("anna@big-company.com", "secret")).toBe("mailbox 1");
    expect(await prove("anna@big-company.com", "old")).toBe("refused");
    expect(house.asked).toEqual([]);
    expect(house.proved).toEqual(["secret"]);
  });

  it.each(["anna", "ANNA", "Anna@Big-Company.COM", " anna@big-company.com", "anna@big-company.net"])(
    "is the one that %j means",
    async (name) => {
      expect(await prove(name, "secret")).toBe("mailbox 1");
    },
  );

  it.each(["anna@big-company.old", "anna@other.com", "@", "", "an na@", "anna@big-company.com@x", "nobody"])(
    "is not the one that %j means",
    async (name) => {
      house.oldServer = async () => ({ answer: "not-migrating" });
      expect(await prove(name, "secret")).toBe("refused");
      expect(house.checks).toBe(1);
    },
  );

  it("is checked once for a phone that asks every minute, and again after a new password", async () => {
    for (let count = 0; count < 60; count++) {
      expect(await prove("anna", "secret")).toBe("mailbox 1");
      house.now += minute;
    }
    expect(house.checks).toBe(1);
    house.hashes.set(1, await hasher.hash(Buffer.from("new")));
    expect(await prove("anna", "secret")).toBe("refused");
    expect(await prove("anna", "new")).toBe("mailbox 1");
    house.hashes.set(1, await hasher.hash(Buffer.from("secret")));
    expect(await prove("anna", "secret")).toBe("mailbox 1");
  });

  it("takes the password in the other encoding", async () => {
    house.hashes.set(1, await hasher.hash(Buffer.from("gr§n")));
    expect(await prove("anna", Buffer.from("gr§n", "latin1"))).toBe("mailbox 1");
    expect(await prove("anna", Buffer.from("gr§m", "latin1"))).toBe("refused");
  });

  it("without a password lets nobody in", async () => {
    house.hashes.clear();
    expect(await prove("anna", "")).toBe("refused");
    expect(await prove("anna", "secret")).toBe("refused");
  });
});

describe("somebody who has not come yet", () => {
  it("is admitted on the old server's word, whatever password was prepared here", async () => {
    house.hashes.set(2, secretHash);
    expect(await prove("bob", "secret")).toBe("refused");
    expect(await prove("bob", "old", "192.0.2.9")).toBe("mailbox 3");
    expect(house.asked[1]).toEqual({
      address: "bob@big-company.com",
      domain: "big-company.com",
      password: Buffer.from("old"),
      peerAddress: "192.0.2.9",
      protocol: "pop3",
    });
  });

  it("is not refused when it cannot be told; that is asked again, and counts against nobody", async () => {
    house.oldServer = async () => ({ answer: "cannot-tell", reason: "locked" });
    for (let count = 0; count < 200; count++) expect(await prove("carol", "old")).toBe("try-later");
    expect(house.asked.length).toBe(200);
  });

  it("has no mailbox yet while the listing is being taken", async () => {
    const listed = Promise.withResolvers<Outcome<MailboxId>>();
    house.oldServer = async () => ({ answer: "pending", ready: listed.promise });
    const attempt = {
      name: "carol",
      password: Buffer.from("old"),
      protocol: "pop3" as const,
      peerAddress: "::1",
    };
    const answer = await login.prove(attempt);
    if (answer.answer !== "welcome") throw new Error(answer.answer);
    expect(answer.account.mailbox).toBeNull();
    listed.resolve(done(3 as MailboxId));
    expect(await answer.account.ready).toEqual(done(3));
  });

  it("hears of trouble when the listing breaks down in a way nobody expected", async () => {
    house.oldServer = async () => ({ answer: "pending", ready: Promise.reject(new Error("defect")) });
    const attempt = {
      name: "carol",
      password: Buffer.from("old"),
      protocol: "pop3" as const,
      peerAddress: "::1",
    };
    const answer = await login.prove(attempt);
    if (answer.answer !== "welcome") throw new Error(answer.answer);
    expect((await answer.account.ready).ok).toBe(false);
  });

  it("costs the old server one login, however many ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => prove("carol", "old")));
    expect(new Set(answers)).toEqual(new Set(["mailbox 3"]));
    expect(house.asked.length).toBe(1);
  });

  it("is looked up again when another login was admitted meanwhile", async () => {
    const slow = Promise.withResolvers<void>();
    const mailbox = house.mailbox.bind(house);
    let looks = 0;
    house.mailbox = (address) => {
      // The first look is from before the admission, whose commit the second one sees.
      if (++looks === 1) return mailbox(address);
      house.admitted.add(address);
      house.hashes.set(3, secretHash);
      slow.resolve();
      return mailbox(address);
    };
    expect(await prove("carol", "secret")).toBe("mailbox 3");
    await slow.promise;
    expect(house.asked).toEqual([]);
  });
});

describe("wrong passwords", () => {
  it("of a stale phone cost the old server one login an hour", async () => {
    // Four connections, three mechanisms, every minute, from changing addresses.
    for (let minutes = 0; minutes < 60; minutes++) {
      const tries = Array.from({ length: 12 }, (_, n) => prove("carol", "stale", `192.0.2.${n}`));
      expect(new Set(await Promise.all(tries))).toEqual(new Set(["refused"]));
      house.now += minute - 1;
    }
    expect(house.asked.length).toBe(1);
    house.now += minute;
    expect(await prove("carol", "stale")).toBe("refused");
    expect(house.asked.length).toBe(2);
    // It has locked nobody out.
    expect(await prove("dave", "old")).toBe("mailbox 3");
  });

  it("say nothing about the next judge: who tried before the move began comes in right after", async () => {
    house.judge = null;
    house.oldServer = async () => ({ answer: "not-migrating" });
    expect(await prove("carol", "old")).toBe("refused");
    house.judge = "an old server that does not know her";
    house.oldServer = async () => ({ answer: "bad" });
    expect(await prove("carol", "old")).toBe("refused");
    house.judge = "the right old server";
    house.oldServer = async () => ({ answer: "admitted", mailbox: 3 as MailboxId });
    expect(await prove("carol", "old")).toBe("mailbox 3");
  });

  it("reach the old server three at most for one person in a quarter of an hour, also all at once", async () => {
    const guesses = await Promise.all(Array.from({ length: 10 }, (_, n) => prove("carol", `guess ${n}`)));
    expect(guesses.filter((answer) => answer === "refused").length).toBe(3);
    expect(guesses.filter((answer) => answer === "try-later").length).toBe(7);
    expect(house.asked.length).toBe(3);
    expect(await prove("carol", "old")).toBe("try-later");
    house.now += 15 * minute + 1;
    expect(await prove("carol", "old")).toBe("mailbox 3");
  });

  it("from one peer are no more looked at when there are too many", async () => {
    house.oldServer = async () => ({ answer: "not-migrating" });
    for (let n = 0; n < 10; n++) expect(await prove(`nobody${n}`, "x")).toBe("refused");
    expect(await prove("anna", "secret")).toBe("try-later");
    expect(await prove("anna", "secret", "192.0.2.2")).toBe("mailbox 1");
    house.now += 15 * minute + 1;
    expect(await prove("anna", "secret")).toBe("mailbox 1");
  });

  it("do not hold back who is known to be good", async () => {
    expect(await prove("anna", "secret")).toBe("mailbox 1");
    for (let n = 0; n < 10; n++) await prove("anna", `guess ${n}`);
    expect(await prove("anna", "guess again")).toBe("try-later");
    expect(await prove("anna", "secret")).toBe("mailbox 1");
  });

  it("for one mailbox from everywhere do not lock its owner out where they work", async () => {
    expect(await prove("anna", "secret", "198.51.100.1")).toBe("mailbox 1");
    for (let n = 0; n < 8; n++) await prove("anna", `guess ${n}`, `192.0.2.${n}`);
    expect(await prove("anna", "guess again", "203.0.113.1")).toBe("try-later");
    house.now += 11 * minute;
    expect(await prove("anna", "secret", "198.51.100.1")).toBe("mailbox 1");
    expect(house.checks).toBe(10);
  });
});

describe("D4: whoever guesses", () => {
  /** How one attempt is answered, word for word, and after how many milliseconds. */
  const told = async (name: string, password: string, peerAddress = "192.0.2.1"): Promise<string> => {
    const began = house.watch;
    const answer = await login.prove({
      name,
      password: Buffer.from(password),
      protocol: "imap",
      peerAddress,
    });
    return `${house.watch - began} ms ${JSON.stringify(answer)}`;
  };
  const takes =
    (milliseconds: number): House["oldServer"] =>
    async () => {
      house.watch += milliseconds;
      return { answer: "bad" };
    };

  it.each([0, 60, 700, 2100, 4900])(
    "hears the same after the same time of those here, those there and nobody (old server: %i ms)",
    async (milliseconds) => {
      house.oldServer = takes(milliseconds);
      // How long it takes is learnt with the first of them.
      await told("dave", "guess");
      const here = await told("anna", "guess 1");
      expect(await told("carol", "guess 1")).toBe(here);
      expect(await told("nobody", "guess 1")).toBe(here);
      expect(await told("anna@elsewhere.example", "guess 1")).toBe(here);
      // Remembered it is answered at once, which does not show.
      expect([await told("anna", "guess 1"), await told("carol", "guess 1")]).toEqual([here, here]);
      expect(here).toMatch(/^\d+ ms \{"answer":"refused"\}$/);
    },
  );

  it("hears at the same guess that it is too much, of those here, those there and nobody", async () => {
    house.oldServer = takes(300);
    await told("dave", "guess");
    const guesses = (name: string) =>
      Array.fromAsync([1, 2, 3, 4, 5], (n) => told(name, `guess ${n}`, `192.0.${name.length}.1`));
    const here = await guesses("anna");
    expect(await guesses("carol")).toEqual(here);
    expect(await guesses("nobody")).toEqual(here);
    expect(here.map((one) => /"answer":"([^"]+)"/.exec(one)?.[1])).toEqual([
      ...["refused", "refused", "refused"],
      ...["try-later", "try-later"],
    ]);
  });

  it("never waits for the old server of somebody who lets in, nor makes anybody wait who is right", async () => {
    house.oldServer = takes(4900);
    await told("dave", "guess");
    expect(await told("anna", "secret")).toMatch(/^0 ms /);
  });

  it("from a whole network is stopped before the old server hears of it", async () => {
    house.oldServer = async () => ({ answer: "bad" });
    for (let n = 0; n < 30; n++) await told(`nobody${n}`, "x", `203.0.113.${n}`);
    const asked = house.asked.length;
    expect(await told("carol", "old", "203.0.113.200")).toContain("try-later");
    expect(await told("carol", "x", "2001:db8:1:2::1")).toContain("refused");
    for (let n = 0; n < 29; n++) await told(`other${n}`, "x", `2001:db8:1:${n}::1`);
    expect(await told("dave", "old", "2001:db8:1:ffff::1")).toContain("try-later");
    expect(house.asked.length).toBe(asked + 30);
    // Where somebody logged in well, a neighbour's guesses stop nobody.
    expect(await told("anna", "secret", "203.0.113.9")).toContain("try-later");
    expect(await told("anna", "secret", "198.51.100.9")).toContain("welcome");
    for (let n = 0; n < 30; n++) await told(`third${n}`, "x", `198.51.100.${100 + n}`);
    expect(await told("anna", "secret 2", "198.51.100.9")).toContain("refused");
  });
});
