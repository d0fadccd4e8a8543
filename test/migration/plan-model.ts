/** A maildrop, a ledger, and sweeps that apply plans to it, all in memory: for properties of the plan alone. */
import { createHash } from "node:crypto";
import type { ContentId } from "#mailbox/ids";
import { compareInStep, type StepComparison } from "#migration/identity/in-step";
import { firstListing, type Identified, identify, nameOf } from "#migration/identity/listing";
import { compareListing, type KnownRow, type WholeComparison } from "#migration/identity/plan";
import { inTellingOrder, Recognition } from "#migration/identity/recognition";
import type { LedgerRow } from "#migration/ledger";
import { ListingPacker } from "#migration/old-server/packed-listing";

export interface ModelMessage {
  uidl: string | null;
  readonly content: string;
}

export class PlanModel {
  readonly maildrop: ModelMessage[] = [];
  readonly ledger: LedgerRow[] = [];
  readonly #trusted = new Set<string>();
  /** Contents that were fetched to tell what they are, and turned out to be known. */
  fetchedInVain = 0;
  #time = 0;

  admit(): void {
    let made = 0;
    for (const { uidl, size, occurrence } of firstListing(this.#list(), () => `mf${made++}`)) {
      this.#add({ uidl, size, occurrence }, { state: "remote" });
    }
  }

  compare(): WholeComparison {
    return compareListing(identify(this.#list()), this.ledger, this.#trusted);
  }

  /** The same piece by piece; null where listing and ledger do not go in step. */
  compareInStep(): Promise<StepComparison | null> {
    const packer = new ListingPacker();
    for (const { number, size, uidl } of this.#list()) {
      packer.addSize(number, size);
      packer.addUidl(number, uidl);
    }
    return compareInStep(packer.pack(true), piecesOf(this.ledger));
  }

  /** One whole sweep. @param copies whether the remote row of this id is fetched this time */
  sweep(copies: (row: KnownRow) => boolean): WholeComparison {
    this.#time++;
    const comparison = this.compare();
    const gone = new Map(comparison.unseen.map((row) => [row.id, row]));
    for (const { row, listed } of comparison.paired) {
      const copied = row.state === "remote" && row.isWanted && copies(row);
      const arrived = copied ? { state: "copied" as const, sha256: this.#hash(listed) } : {};
      this.#change(row.id, { missingSince: null, ...arrived });
    }
    const recognition = new Recognition();
    const added: Identified[] = [...comparison.fresh];
    for (const doubtful of inTellingOrder(comparison.doubtful)) {
      const { listed } = doubtful;
      const what = recognition.recognise(doubtful, this.#hash(listed), null);
      if (what.kind === "new") {
        added.push(listed);
        continue;
      }
      if (what.kind === "known") this.fetchedInVain++;
      this.#trusted.add(nameOf(listed));
      gone.delete(what.row.id);
      const arrived = what.kind === "arrives" ? { state: "copied" as const, sha256: this.#hash(listed) } : {};
      const { uidl, size, occurrence } = listed;
      this.#change(what.row.id, { uidl, size, occurrence, missingSince: null, ...arrived });
    }
    for (const listed of added) this.#add(listed, { state: "copied", sha256: this.#hash(listed) });
    for (const row of gone.values()) {
      const isOver = row.missingSince !== null && row.state === "remote";
      this.#change(row.id, {
        missingSince: row.missingSince ?? this.#time,
        ...(isOver ? { state: "skipped" as const } : {}),
      });
    }
    for (const name of comparison.misplaced) this.#trusted.add(name);
    if (added.length > comparison.fresh.length) {
      for (const listed of added) this.#trusted.add(nameOf(listed));
    }
    return comparison;
  }

  /** How often this content was taken. */
  taken(content: string): number {
    const hash = sha256(content);
    return this.ledger.filter((row) => row.sha256 === hash).length;
  }

  #list() {
    return this.maildrop.map(({ uidl, content }, index) => ({
      number: index + 1,
      uidl,
      size: content.length,
    }));
  }

  #hash(listed: Identified): string {
    return sha256(this.maildrop[listed.message.number - 1]?.content ?? "");
  }

  #add(identity: Pick<LedgerRow, "uidl" | "size" | "occurrence">, more: Partial<LedgerRow>): void {
    const { uidl, size, occurrence } = identity;
    if (this.ledger.some((row) => row.uidl === uidl && row.occurrence === occurrence)) {
      throw new Error(`a second row is ${uidl} ${occurrence}`);
    }
    this.ledger.push({
      id: this.ledger.length + 1,
      uidl,
      size,
      occurrence,
      state: "remote",
      content: (this.ledger.length + 1) as ContentId,
      sha256: null,
      settledSha256: null,
      reason: null,
      failures: 0,
      nextTry: 0,
      missingSince: null,
      isWanted: true,
      ...more,
    });
  }

  #change(id: number, change: Partial<LedgerRow>): void {
    const index = this.ledger.findIndex((row) => row.id === id);
    const row = this.ledger[index];
    if (row) this.ledger[index] = { ...row, ...change };
  }
}

async function* piecesOf(rows: readonly LedgerRow[]): AsyncGenerator<readonly LedgerRow[]> {
  for (let from = 0; from < rows.length; from += 3) yield rows.slice(from, from + 3);
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
