/** Cutovers, as `migration/cutover` wants them kept. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cutover } from "#migration/cutover/cutover";
import { type Harness, type OpenHarness, value } from "./harness.ts";
import { domain, migration, start, startMigration } from "./ledger-words.ts";

export function cutoverContract(open: OpenHarness): void {
  describe("cutovers", () => {
    let store: Harness;
    const running: Cutover = {
      domain,
      state: "running",
      step: "drain",
      stepSince: start + 1,
      startedAt: start,
      waitingFor: "mail for 3 recipients waits",
      blockers: [],
      giveUp: [`nina@${domain}`],
      certificate: null,
      before: { unknownUsers: { rule: "reject" }, migration, route: null },
    };

    beforeAll(async () => {
      store = await open();
      await startMigration(store);
    });
    afterAll(() => store[Symbol.asyncDispose]());

    it("are kept whole, the last one of a domain", async () => {
      expect(await store.cutovers.cutover(domain)).toBeNull();
      await store.cutovers.setCutover({ ...running, step: "defer" });
      await store.cutovers.setCutover(running);
      await store.reopen();
      expect(await store.cutovers.cutover(domain)).toEqual(running);
    });

    it("are found after a crash while they are running or being undone, and only then", async () => {
      for (const state of ["running", "undoing"] as const) {
        await store.cutovers.setCutover({ ...running, state });
        await store.reopen();
        expect(await store.cutovers.unfinishedCutovers()).toEqual([{ ...running, state }]);
      }
      for (const state of ["refused", "done", "undone"] as const) {
        await store.cutovers.setCutover({ ...running, state });
        expect(await store.cutovers.unfinishedCutovers()).toEqual([]);
      }
    });

    it("go with their domain", async () => {
      await store.cutovers.setCutover({ ...running, state: "done" });
      value(await store.ledger.endMigration(domain));
      value(await store.directory.removeDomain(domain));
      expect(await store.cutovers.cutover(domain)).toBeNull();
    });
  });
}
