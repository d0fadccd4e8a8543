/**
 * Passwords of people who were just admitted are hashed when the rush is over: a hash costs as much of the processor
 * as moving a hundred messages, and until it is made the password is here all the same, sealed under the migration's
 * key, and proves its owner just as well. It relies on the sealed passwords being kept in the commit that admits, and
 * promises that nobody is without a password for it: whoever cannot be proved here any more is proved by the old
 * server, and no migration ends before its passwords are hashed.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { Alarm } from "#jobs/alarm";
import type { Clock } from "#jobs/clock";
import { StoreUnavailable } from "#mailbox/content";
import type { Log } from "#observe/log";
import type { Ledger } from "../ledger.ts";
import { openPassword } from "./sealing.ts";
import type { SealingKeys } from "./sealing-keys.ts";
import type { UnhashedPassword, UnhashedPasswords } from "./unhashed-passwords.ts";

export interface LateHashesTools {
  readonly passwords: UnhashedPasswords;
  readonly ledger: Pick<Ledger, "migration">;
  readonly keys: Pick<SealingKeys, "get">;
  readonly hashPassword: (password: Uint8Array) => Promise<string>;
  /** Whether somebody is coming in, or mail is being copied. */
  readonly isBusy: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Between two looks whether the rush is over, milliseconds. */
const look = 250;
/** However much there is to do, a password waits no longer than this for its turn. Milliseconds. */
const patience = 60_000;
/** In a rush one is hashed, and for so many times as long as that took none is. */
const restInRush = 4;
/** After trouble with the store, milliseconds. */
const afterTrouble = 10_000;
/** Read at once. */
const batch = 100;

export class LateHashes implements AsyncDisposable {
  readonly #tools: LateHashesTools;
  readonly #alarm: Alarm;
  readonly #stop = new AbortController();
  /** When the first of those that are not hashed was admitted, or the program began; null: there is none. */
  #waitingSince: number | null = null;
  #running: Promise<void> | null = null;

  constructor(tools: LateHashesTools) {
    this.#tools = tools;
    this.#alarm = new Alarm(tools.clock);
  }

  /** Goes on with those that an earlier process left, too. */
  start(): void {
    this.admitted();
    this.#running ??= this.#run();
  }

  /** Somebody came in whose password is to be hashed. */
  admitted(): void {
    this.#waitingSince ??= this.#tools.clock.now();
    this.#alarm.wake();
  }

  /**
   * Whether this is the sealed password. `lost`: it opens no more, and with this answer the mailbox awaits its owner.
   * Throws StoreUnavailable.
   */
  async isOf(kept: UnhashedPassword, password: Uint8Array): Promise<boolean | "lost"> {
    const opened = await this.#open(kept);
    if (!opened) return "lost";
    // Of one length, so that the comparison tells none.
    const [one, other] = [opened, password].map((each) => createHash("sha256").update(each).digest());
    opened.fill(0);
    return one !== undefined && other !== undefined && timingSafeEqual(one, other);
  }

  /** Hashes all that are left of a domain, at once. Throws StoreUnavailable. */
  async finish(domain: string): Promise<void> {
    for (;;) {
      const left = await this.#tools.passwords.unhashed(domain, batch);
      if (left.length === 0) return;
      for (const one of left) await this.#hash(one);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#tools;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      let until: number | null = null;
      try {
        until = this.#waitingSince === null ? null : await this.#step(this.#waitingSince);
      } catch (error) {
        until = clock.now() + afterTrouble;
        if (error instanceof StoreUnavailable) log.warn({ err: error }, "a password cannot be hashed now");
        else log.error({ err: error }, "hashing a password failed inside");
      }
      if (until === null || until > clock.now()) await this.#alarm.sleep(until, signal);
    }
  }

  /** @returns when to go on; null: when somebody comes */
  async #step(waitingSince: number): Promise<number | null> {
    const { passwords, clock, isBusy } = this.#tools;
    const began = clock.now();
    const inRush = isBusy();
    if (inRush && began - waitingSince < patience) return began + look;
    // Whoever comes from now on is noted anew.
    this.#waitingSince = null;
    const left = await passwords.unhashed(null, 2);
    const [first] = left;
    if (!first) return null;
    this.#waitingSince ??= waitingSince;
    await this.#hash(first);
    if (left.length === 1) this.#waitingSince = clock.now();
    const ended = clock.now();
    return inRush ? ended + restInRush * (ended - began) : ended;
  }

  async #hash(one: UnhashedPassword): Promise<void> {
    const password = await this.#open(one);
    if (!password) return;
    try {
      await this.#tools.passwords.hashed(one, await this.#tools.hashPassword(password));
    } finally {
      password.fill(0);
    }
  }

  /** Null: it opens no more, and is given up. */
  async #open(one: UnhashedPassword): Promise<Uint8Array | null> {
    const { ledger, keys, passwords, log } = this.#tools;
    const migration = await ledger.migration(one.domain);
    const key = migration && (await keys.get(migration.sealingKey));
    const password = key && openPassword(key, one.address, one.sealed);
    if (password) return password;
    await passwords.hashed(one, null);
    log.warn(
      { address: one.address },
      "a sealed password opens no more: the old server is to prove its owner",
    );
    return null;
  }
}
