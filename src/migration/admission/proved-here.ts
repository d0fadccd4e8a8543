import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "#jobs/clock";
import type { MailboxId } from "#mailbox/ids";
import type { Log } from "#observe/log";
import type { Ledger } from "../ledger.ts";

interface ProvedHereOptions {
  readonly ledger: Pick<Ledger, "transfer">;
  readonly clock: Clock;
  readonly log: Log;
  /** Tries the password on the old server and goes on with the move when it is taken; says what came of it. */
  readonly tryPassword: (mailbox: MailboxId, password: Uint8Array) => Promise<string>;
}

/** The old server sees one wrong password of a person no more often than this, milliseconds. */
const sameAgain = 60 * 60_000;
const mostRemembered = 10_000;

/**
 * Good logins here of people whose sealed old password stopped working: perhaps they have changed it on both
 * servers. Each password is tried there once.
 */
export class ProvedHere {
  readonly #options: ProvedHereOptions;
  readonly #key = randomBytes(32);
  readonly #tried = new Map<string, number>();

  constructor(options: ProvedHereOptions) {
    this.#options = options;
  }

  note(mailbox: MailboxId, password: Uint8Array): void {
    void this.#try(mailbox, Uint8Array.from(password)).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, "a password could not be tried on the old server");
    });
  }

  async #try(mailbox: MailboxId, password: Uint8Array): Promise<void> {
    const transfer = await this.#options.ledger.transfer(mailbox);
    if (transfer?.state !== "needs-password") return;
    const pair = createHmac("sha256", this.#key).update(`${mailbox}\0`).update(password).digest("base64");
    const now = this.#options.clock.now();
    if (now - (this.#tried.get(pair) ?? Number.NEGATIVE_INFINITY) < sameAgain) return;
    if (this.#tried.size >= mostRemembered) this.#tried.clear();
    this.#tried.set(pair, now);
    const outcome = await this.#options.tryPassword(mailbox, password);
    // Nothing was learnt of the password: the next login may try it again.
    if (outcome === "trouble" || outcome === "stopped") this.#tried.delete(pair);
    this.#options.log.info({ address: transfer.address, outcome }, "tried a new password on the old server");
  }
}
