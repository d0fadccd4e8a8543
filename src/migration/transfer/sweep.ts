/**
 * What a listing tells of messages that are known already: still there, back again, or gone. It only ever
 * notes; nothing that was deleted here comes back, and nothing goes here because it went there, save what
 * was listed and could never be copied.
 */
import { failed } from "#mailbox/problem";
import { PairsInStep } from "../identity/in-step.ts";
import type { Comparison } from "../identity/plan.ts";
import type { Recognition } from "../identity/recognition.ts";
import type { LedgerRow } from "../ledger.ts";
import type { Transfer } from "../migration.ts";
import type { ReadThrough } from "./read-through.ts";
import type { TransferTools } from "./transfer-tools.ts";

interface SweepOptions {
  readonly tools: Pick<TransferTools, "ledger" | "limits" | "log">;
  readonly transfer: Transfer;
  readonly comparison: Comparison;
  readonly readThrough: ReadThrough;
  /** When the session began: what it shows is what was there then. Epoch milliseconds. */
  readonly began: number;
}

export class Sweep {
  readonly #options: SweepOptions;
  #isUnseenNoted = false;
  #missing = 0;

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** Why something listed here is not coming at the moment; null when there is nothing of the kind. */
  get missingReason(): string | null {
    if (this.#missing === 0) return null;
    return `${this.#missing} messages are gone from the old server's listing before they were copied`;
  }

  /** Rows that were missing and are listed again. */
  async noteSeen(): Promise<void> {
    const { paired } = this.#options.comparison;
    const back: number[] = [];
    for (const { row } of paired instanceof PairsInStep ? paired.odd() : paired)
      if (row.missingSince !== null) back.push(row.id);
    if (back.length > 0) await this.#options.tools.ledger.missing(back, null);
  }

  /**
   * Rows that nothing shows. One whose content was never copied is given up when listings so far apart as the
   * limit says have been without it; a maildrop that is locked or moved looks empty for a while.
   */
  async noteUnseen(recognition: Recognition): Promise<void> {
    if (this.#isUnseenNoted) return;
    this.#isUnseenNoted = true;
    const { comparison, began, tools } = this.#options;
    const unseen = comparison.unseen.filter((row) => !recognition.isClaimed(row));
    const newly = unseen.filter((row) => row.missingSince === null).map((row) => row.id);
    if (newly.length > 0) await tools.ledger.missing(newly, began);
    for (const row of unseen) {
      if (row.state !== "remote" || !row.isWanted) continue;
      if (row.missingSince === null || began - row.missingSince < tools.limits.goneFor) this.#missing++;
      else await this.#giveUp(row);
    }
  }

  async #giveUp(row: LedgerRow): Promise<void> {
    const { tools, transfer, readThrough } = this.#options;
    await tools.ledger.giveUp(row.id, "It was gone from the old server before it was copied.");
    tools.log.warn(
      { address: transfer.address, uidl: row.uidl, size: row.size },
      "a message was gone from the old server before it was copied",
    );
    if (row.content !== null) {
      readThrough.answer(row.content, failed("expunged", "The message is gone from the old server."));
    }
  }
}
