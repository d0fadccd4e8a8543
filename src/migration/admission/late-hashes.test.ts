import { beforeEach, describe, expect, test } from "vitest";
import { StoreUnavailable } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import { silentLog } from "#observe/log";
import { ManualClock, settle } from "../../../test/jobs/manual-clock.ts";
import { domain, oldAddress } from "../../../test/migration/house.ts";
import { LateHashes } from "./late-hashes.ts";
import { sealPassword } from "./sealing.ts";
import type { UnhashedPassword } from "./unhashed-passwords.ts";

const migration = { domain, oldServer: oldAddress, message: null, sealingKey: "key", startedAt: 0 };

describe("hashing later", () => {
  let clock: ManualClock;
  let key: Uint8Array | null;
  let left: UnhashedPassword[];
  let hashes: (string | null)[];
  let isBusy: boolean;
  let trouble: Error | null;
  let isOn: boolean;
  let reads: number;

  beforeEach(() => {
    clock = new ManualClock();
    key = new Uint8Array(32).fill(9);
    [left, hashes, isBusy, trouble, isOn, reads] = [[], [], false, null, true, 0];
  });

  function open(): LateHashes {
    return new LateHashes({
      passwords: {
        async unhashed(of, limit) {
          reads++;
          return left.filter((one) => of === null || one.domain === of).slice(0, limit);
        },
        async hashed({ mailbox }, hash) {
          if (trouble) throw trouble;
          left = left.filter((one) => one.mailbox !== mailbox);
          hashes.push(hash);
        },
      },
      ledger: { migration: async () => (isOn ? migration : null) },
      keys: { get: async () => key },
      hashPassword: async (password) => {
        await clock.wait(100, new AbortController().signal);
        return `hash of ${Buffer.from(password)}`;
      },
      isBusy: () => isBusy,
      clock,
      log: silentLog,
    });
  }

  function admit(name: string): UnhashedPassword {
    const address = `${name}@${domain}`;
    const sealed = sealPassword(key ?? new Uint8Array(32), address, Buffer.from(name));
    const one = { mailbox: (left.length + 1) as MailboxId, address, domain, sealed };
    left.push(one);
    return one;
  }

  async function end(later: LateHashes): Promise<void> {
    const stopping = later[Symbol.asyncDispose]();
    await clock.advance(200);
    await stopping;
  }

  test("begins when the rush is over, and hashes one after the other", async () => {
    const later = open();
    later.start();
    isBusy = true;
    for (const name of ["anna", "bob", "carl"]) admit(name);
    later.admitted();
    await clock.advance(20_000);
    expect(hashes).toEqual([]);
    isBusy = false;
    await clock.advance(400);
    expect(hashes).toEqual(["hash of anna"]);
    await clock.advance(300);
    expect(hashes).toEqual(["hash of anna", "hash of bob", "hash of carl"]);
    await end(later);
  });

  test("goes on with what an earlier process left, and asks nothing while there is nothing to do", async () => {
    admit("anna");
    const later = open();
    later.start();
    await clock.advance(1000);
    expect(hashes).toEqual(["hash of anna"]);
    const asked = reads;
    await clock.advance(3_600_000);
    expect(reads).toBe(asked);
    await end(later);
  });

  test("in a rush without end leaves most of the time to it", async () => {
    const later = open();
    later.start();
    await settle();
    isBusy = true;
    for (let n = 0; n < 100; n++) admit(`person${n}`);
    later.admitted();
    await clock.advance(59_000);
    expect(hashes).toHaveLength(0);
    await clock.advance(11_000);
    expect(hashes.length).toBeGreaterThan(10);
    expect(hashes.length).toBeLessThan(25);
    await end(later);
  });

  test("tries again after trouble with the store", async () => {
    trouble = new StoreUnavailable("the disk is full");
    admit("anna");
    const later = open();
    later.start();
    await clock.advance(5000);
    expect(left).toHaveLength(1);
    trouble = null;
    await clock.advance(11_000);
    expect(hashes).toEqual(["hash of anna"]);
    await end(later);
  });

  test("can be had at once, of one domain", async () => {
    isBusy = true;
    const [anna, other] = [admit("anna"), { ...admit("nina"), domain: "big-company.net" }];
    left = [anna, other];
    const finished = open().finish(domain);
    await clock.advance(200);
    await finished;
    expect([hashes, left]).toEqual([["hash of anna"], [other]]);
  });

  test("proves whose the password is, without a hash", async () => {
    const anna = admit("anna");
    const later = open();
    expect(await later.isOf(anna, Buffer.from("anna"))).toBe(true);
    expect(await later.isOf(anna, Buffer.from("ann"))).toBe(false);
    expect(await later.isOf(anna, Buffer.from("anna "))).toBe(false);
    expect([hashes, left]).toEqual([[], [anna]]);
  });

  test.each(["key", "another key", "migration"])(
    "what opens no more for want of %s is given up, so that the old server proves its owner",
    async (gone) => {
      const anna = admit("anna");
      if (gone === "key") key = null;
      else if (gone === "another key") key = new Uint8Array(32);
      else isOn = false;
      expect(await open().isOf(anna, Buffer.from("anna"))).toBe("lost");
      expect([hashes, left]).toEqual([[null], []]);
    },
  );
});
