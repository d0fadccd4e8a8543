/** Everything that a cutover touches, in memory, with switches for what may be in the way. */
import type { UnknownUsers } from "#directory/domain";
import type { MailboxId } from "#mailbox/ids";
import { done, failed } from "#mailbox/problem";
import type { Cutover, CutoverStep } from "#migration/cutover/cutover";
import { type CutoverTools, usualCutoverLimits } from "#migration/cutover/tools";
import type { Migration, Transfer } from "#migration/migration";
import { ManualClock } from "../jobs/manual-clock.ts";
import { domain, MemoryKeys, oldAddress } from "./house.ts";

export { domain } from "./house.ts";
export const route = "big-company.old";
export const nina = `nina@${domain}`;
export const pipe: UnknownUsers = { rule: "pipe", pipe: { localPart: "*", domain, route } };

export class CutoverWorld {
  readonly clock = new ManualClock();
  readonly keys = new MemoryKeys();
  /** What was done to the world, in order. */
  readonly did: string[] = [];
  rule: UnknownUsers = pipe;
  /** Null: the remote domain is not there. */
  deliver: "immediately" | "hold" | null = "immediately";
  others: readonly string[] = [];
  missing: readonly { readonly address: string; readonly messages: number }[] = [];
  prepared: readonly string[] = [];
  waiting = 0;
  /** What each sweep finds, then nothing. */
  finds: number[] = [];
  problem: string | null = null;
  isPassing = true;
  unaccounted: readonly string[] = [];
  transfer: Partial<Transfer> = {};
  endedWith: readonly string[] | null = null;
  /** This step fails as if the store were lost, again and again. */
  crashIn: CutoverStep | null = null;
  readonly tools: Omit<CutoverTools, "log">;
  readonly #cutovers = new Map<string, Cutover>();
  #migration: Migration | null;
  #certificates = 0;

  constructor() {
    const sealingKey = "key";
    const startedAt = this.clock.now();
    this.#migration = { domain, oldServer: oldAddress, message: null, sealingKey, startedAt };
    this.keys.keys.set(sealingKey, Buffer.alloc(32, 1));
    this.tools = {
      clock: this.clock,
      keys: this.keys,
      limits: usualCutoverLimits,
      store: {
        cutover: async (name) => this.#cutovers.get(name) ?? null,
        unfinishedCutovers: async () =>
          [...this.#cutovers.values()].filter(({ state }) => state === "running" || state === "undoing"),
        setCutover: async (cutover) => void this.#cutovers.set(cutover.domain, cutover),
      },
      ledger: {
        migration: async () => this.#migration,
        setMigration: async (migration) => {
          this.#migration = migration;
          return done(undefined);
        },
        transfers: async (_domain, after) => (after === "" ? [this.#transferOfAnna()] : []),
      },
      domains: {
        unknownUsers: async () => this.rule,
        setUnknownUsers: async (_domain, rule, giveUp) => {
          this.#crash("defer", rule.rule === "defer");
          this.#crash("reject", rule.rule === "reject");
          const left = this.missing.find(({ address }) => !giveUp.includes(address));
          if (rule.rule === "reject" && left) return failed("in-use", `${left.address} has not come.`);
          this.rule = rule;
          this.did.push(`unknown users ${rule.rule}`);
          return done(undefined);
        },
        deliverOf: async () => this.deliver,
        setDeliver: async (name, deliver) => {
          this.#crash("park", deliver === "hold");
          if (this.deliver === null) return failed("not-found", `There is no ${name}.`);
          this.deliver = deliver;
          this.did.push(`${name} ${deliver}`);
          return done(undefined);
        },
        pipedThrough: async () => this.others,
      },
      people: { missing: async () => this.missing, prepared: async () => this.prepared },
      outbound: {
        waitingFor: async () => this.waiting,
        waitingOf: async () => {
          this.#crash("drain", true);
          return this.waiting;
        },
      },
      proof: {
        certify: async () => {
          this.#crash("certify", true);
          this.did.push("certify");
          return done({ certificate: `cert-${++this.#certificates}`, blockers: this.unaccounted });
        },
      },
      check: async () => {
        const isFirst = !this.did.includes("certify");
        this.#crash("sweep", isFirst);
        this.#crash("resweep", !isFirst);
        this.did.push("sweep");
        return [
          {
            address: `anna@${domain}`,
            listed: 3,
            found: this.finds.shift() ?? 0,
            problem: this.problem,
            isPassing: this.isPassing,
          },
        ];
      },
      end: async (_domain, giveUp) => {
        this.#crash("end", true);
        this.did.push("end");
        this.endedWith = giveUp;
        this.#migration = null;
        await this.keys.destroy(sealingKey);
        return done(undefined);
      },
    };
  }

  get isMigrating(): boolean {
    return this.#migration !== null;
  }

  #crash(step: CutoverStep, isThere: boolean): void {
    if (this.crashIn === step && isThere) throw new Error(`crashed in ${step}`);
  }

  #transferOfAnna(): Transfer {
    return {
      mailbox: 1 as MailboxId,
      address: `anna@${domain}`,
      domain,
      state: "following",
      reason: null,
      nextTry: 0,
      failures: 0,
      loginName: "anna",
      messages: 3,
      messagesHere: 3,
      octets: 300,
      octetsHere: 300,
      startedAt: 0,
      lastSweep: 0,
      isToldApart: false,
      lastStat: "3/300",
      ...this.transfer,
    };
  }
}
