/** Everything that the port `http/access/administrator` promises, for any engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccessKey } from "#http/access/administrator";
import { expectProblem, type Harness, type OpenHarness, value } from "./harness.ts";

export function administratorsContract(open: OpenHarness): void {
  describe("administrators", () => {
    let store: Harness;
    const start = Date.UTC(2025, 5, 1);
    const carol = { name: "carol", role: "administrator", domains: [] } as const;
    const dave = { name: "dave", role: "domain-administrator", domains: ["big-company.com"] } as const;
    const hashOf = (number: number) => new Uint8Array(32).fill(number);
    const key = (id: string, more: Partial<AccessKey> = {}): AccessKey => ({
      id,
      kind: "session",
      label: "127.0.0.1",
      mayWrite: true,
      created: start,
      lastUsed: start,
      expires: start + 1000,
      ...more,
    });

    beforeAll(async () => {
      store = await open();
      value(await store.administrators.addAdministrator(carol, "hash-1", start));
      value(await store.administrators.addAdministrator(dave, "hash-2", start));
    });
    afterAll(() => store[Symbol.asyncDispose]());

    it("are kept, each name once", async () => {
      expectProblem(await store.administrators.addAdministrator(carol, "other", start), "exists");
      await store.reopen();
      expect(await store.administrators.administrators()).toEqual([carol, dave]);
      expect(await store.administrators.passwordHash("carol")).toBe("hash-1");
      expect(await store.administrators.passwordHash("nobody")).toBeNull();
    });

    it("have keys that are good until they expire or are taken back", async () => {
      const { administrators } = store;
      value(await administrators.addKey(hashOf(1), "carol", key("one")));
      value(await administrators.addKey(hashOf(2), "carol", key("two", { kind: "token", mayWrite: false })));
      expectProblem(await administrators.addKey(hashOf(3), "nobody", key("three")), "not-found");
      expect(await administrators.keyOf(hashOf(1), start + 999)).toEqual({
        administrator: carol,
        key: key("one"),
      });
      expect(await administrators.keyOf(hashOf(1), start + 1000)).toBeNull();
      expect(await administrators.keyOf(hashOf(9), start)).toBeNull();
      await administrators.renewKey(hashOf(1), start + 500, start + 5000);
      expect((await administrators.keyOf(hashOf(1), start + 1000))?.key).toMatchObject({
        lastUsed: start + 500,
      });
      expect((await administrators.keys("carol", start)).map(({ id }) => id)).toEqual(["one", "two"]);
      expectProblem(await administrators.removeKey("dave", "one"), "not-found");
      value(await administrators.removeKey("carol", "one"));
      expect(await administrators.keyOf(hashOf(1), start)).toBeNull();
    });

    it("have no sessions left after a new password, but their tokens", async () => {
      const { administrators } = store;
      value(await administrators.addKey(hashOf(4), "carol", key("four")));
      value(await administrators.setAdministratorPassword("carol", "hash-3"));
      expect((await administrators.keys("carol", start)).map(({ id }) => id)).toEqual(["two"]);
      expectProblem(await administrators.setAdministratorPassword("nobody", "x"), "not-found");
      for (const [octet, id] of [
        [5, "five"],
        [6, "six"],
      ] as const)
        value(await administrators.addKey(hashOf(octet), "carol", key(id)));
      value(await administrators.setAdministratorPassword("carol", "hash-4", "six"));
      expect((await administrators.keys("carol", start)).map(({ id }) => id)).toEqual(["six", "two"]);
    });

    it("have a bounded number of keys: the session that was used longest ago makes room", async () => {
      const { administrators } = store;
      for (let number = 0; number < 105; number++) {
        const hash = new Uint8Array(32).fill(100 + (number % 100)).fill(number, 0, 1);
        value(await administrators.addKey(hash, "dave", key(`s${number}`, { lastUsed: start + number })));
      }
      const left = await administrators.keys("dave", start);
      expect(left).toHaveLength(100);
      expect(left.some(({ id }) => id === "s4")).toBe(false);
      expect(left.some(({ id }) => id === "s5")).toBe(true);
    });

    it("are gone with everything they had", async () => {
      value(await store.administrators.removeAdministrator("carol"));
      expect(await store.administrators.keyOf(hashOf(2), start)).toBeNull();
      expect(await store.administrators.administrators()).toEqual([dave]);
      expectProblem(await store.administrators.removeAdministrator("carol"), "not-found");
    });
  });
}
