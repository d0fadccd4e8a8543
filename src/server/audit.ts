/** What the audit record hears of the house besides its rows: keys that are destroyed. */
import { systemClock } from "#jobs/clock";
import type { SealingKeys } from "#migration/admission/sealing-keys";
import type { AuditTrail } from "#observe/audit";
import type { Log } from "#observe/log";

/** The same keys; the end of each is recorded, once it is really gone. */
export function recordedKeys(keys: SealingKeys, trail: Pick<AuditTrail, "record">, log: Log): SealingKeys {
  return {
    create: (name) => keys.create(name),
    get: (name) => keys.get(name),
    async destroy(name) {
      const isThere = (await keys.get(name)) !== null;
      await keys.destroy(name);
      if (!isThere) return;
      const entry = {
        at: systemClock.now(),
        kind: "key-destroyed",
        actor: "server",
        remote: null,
        domain: null,
        object: name,
        outcome: "done",
        details: {},
      } as const;
      await trail
        .record(entry)
        .catch((error: unknown) => log.error({ err: error, name }, "the end of a key could not be recorded"));
    },
  };
}
