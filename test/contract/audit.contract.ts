/** Everything that the port `observe/audit` promises, for any engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEntry, AuditQuery } from "#observe/audit";
import type { Harness, OpenHarness } from "./harness.ts";

export function auditContract(open: OpenHarness): void {
  describe("the audit record", () => {
    let store: Harness;
    const start = Date.UTC(2025, 5, 1);
    const entry = (n: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
      at: start + n,
      kind: "domain-set",
      actor: "command line: root",
      remote: null,
      domain: "big-company.com",
      object: `object-${n}`,
      outcome: "done",
      details: { n },
      ...more,
    });
    const query = async (given: Partial<AuditQuery>) =>
      (
        await store.audit.records({
          ...{ after: null, before: null, domain: null, object: null, kind: null, since: null, limit: 100 },
          ...given,
        })
      ).map(({ object }) => object);

    beforeAll(async () => {
      store = await open();
      await store.audit.record(entry(1));
      await store.audit.record(entry(2, { kind: "login-refused", remote: "192.0.2.7", outcome: "refused" }));
      await store.audit.record(entry(3, { domain: "other.example" }));
      await store.audit.record(entry(4, { domain: null }));
    });
    afterAll(() => store[Symbol.asyncDispose]());

    it("keeps what it is given, in its order", async () => {
      await store.reopen();
      const [last, ...others] = await store.audit.records({
        ...{ after: null, before: null, domain: null, object: null, kind: null, since: null, limit: 3 },
      });
      expect(last).toEqual({ ...entry(4, { domain: null }), order: last?.order });
      expect(others.map(({ object }) => object)).toEqual(["object-3", "object-2"]);
    });

    it("is read from a record on, and back from one", async () => {
      const all = { after: 0, before: null, domain: null, object: null, kind: null, since: null, limit: 100 };
      const orders = (await store.audit.records(all)).map(({ order }) => order);
      expect(orders).toEqual([...orders].sort((one, other) => one - other));
      expect(await query({ after: orders[1] ?? 0, limit: 1 })).toEqual(["object-3"]);
      expect(await query({ before: orders[2] ?? 0 })).toEqual(["object-2", "object-1"]);
      expect(await query({ after: orders[0] ?? 0, before: orders[3] ?? 0 })).toEqual([
        "object-2",
        "object-3",
      ]);
    });

    it("is filtered", async () => {
      expect(await query({ domain: "big-company.com" })).toEqual(["object-2", "object-1"]);
      expect(await query({ domain: "big-company.com", kind: "login-refused" })).toEqual(["object-2"]);
      expect(await query({ object: "object-3" })).toEqual(["object-3"]);
      expect(await query({ since: start + 3 })).toEqual(["object-4", "object-3"]);
      expect(await query({ kind: "nothing" })).toEqual([]);
    });

    it("bounds what it is given", async () => {
      const long = "x".repeat(100_000);
      await store.audit.record(entry(5, { object: long, details: { n: 5, long } }));
      const [kept] = await store.audit.records({
        ...{ after: null, before: null, domain: null, object: null, kind: null, since: start + 5, limit: 1 },
      });
      expect(kept?.object.length).toBe(512);
      expect(kept?.details).toEqual({ shortened: true });
    });

    it("is added to soon where nobody waits", async () => {
      store.audit.recordSoon(entry(6));
      await store.audit.record(entry(7));
      await expect.poll(() => query({ since: start + 6 })).toHaveLength(2);
    });
  });
}
