import type { LedgerRow } from "./ledger.ts";
import { nameOf } from "./listing.ts";
import type { Doubtful } from "./plan.ts";

/** What a doubtful message turned out to be, now that its content is known. */
export type Recognised =
  /** A message whose content is (or was) here: nothing is stored. */
  | { readonly kind: "known"; readonly row: LedgerRow }
  /** The remote content of this row: it arrives. */
  | { readonly kind: "arrives"; readonly row: LedgerRow }
  | { readonly kind: "new" };

/**
 * Tells doubtful messages by their contents, as a multiset: a row answers for one message only, so three
 * identical messages stay three. Rows whose message was deleted here answer too: it stays deleted.
 */
export class Recognition {
  readonly #claimed = new Set<number>();
  readonly #indexes = new Map<readonly LedgerRow[], CandidateIndex>();
  /** A content was met under another unique-id: this server does change them. */
  #hasProofOfChange = false;

  /** @param sha256 of the whole content, lower-case hex */
  recognise({ listed, candidates }: Doubtful, sha256: string): Recognised {
    const index = this.#indexOf(candidates);
    const name = nameOf(listed);
    const known = this.#free(index.copied.get(`${sha256} ${name}`)) ?? this.#free(index.copied.get(sha256));
    if (known) {
      if (known.uidl !== listed.uidl) this.#hasProofOfChange = true;
      return this.#claim("known", known);
    }
    // Under another unique-id only with proof: a program that knows the old one would never show the message.
    const arriving =
      this.#free(index.remote.get(name)) ??
      (this.#hasProofOfChange ? this.#free(index.wanted.get(listed.size)) : undefined);
    if (arriving) return this.#claim(arriving.isWanted ? "arrives" : "known", arriving);
    return { kind: "new" };
  }

  isClaimed(row: LedgerRow): boolean {
    return this.#claimed.has(row.id);
  }

  #claim(kind: "known" | "arrives", row: LedgerRow): Recognised {
    this.#claimed.add(row.id);
    return { kind, row };
  }

  /** The first of these rows that answers for no message yet; those that do are dropped from the list. */
  #free(rows: LedgerRow[] | undefined): LedgerRow | undefined {
    for (let row = rows?.at(-1); row; row = rows?.at(-1)) {
      if (!this.#claimed.has(row.id)) return row;
      rows?.pop();
    }
    return undefined;
  }

  #indexOf(candidates: readonly LedgerRow[]): CandidateIndex {
    let index = this.#indexes.get(candidates);
    if (!index) {
      index = indexCandidates(candidates);
      this.#indexes.set(candidates, index);
    }
    return index;
  }
}

/** Lists of rows, the lowest id last. */
interface CandidateIndex {
  /** With a known content: by its hash, and by hash and name. */
  readonly copied: Map<string, LedgerRow[]>;
  /** Remote ones by name, and wanted remote ones by size. */
  readonly remote: Map<string, LedgerRow[]>;
  readonly wanted: Map<number, LedgerRow[]>;
}

function indexCandidates(candidates: readonly LedgerRow[]): CandidateIndex {
  const index: CandidateIndex = { copied: new Map(), remote: new Map(), wanted: new Map() };
  for (const row of candidates.toReversed()) {
    if (row.sha256 !== null) {
      enter(index.copied, row.sha256, row);
      enter(index.copied, `${row.sha256} ${nameOf(row)}`, row);
    } else if (row.state === "remote") {
      enter(index.remote, nameOf(row), row);
      if (row.isWanted) enter(index.wanted, row.size, row);
    }
  }
  return index;
}

function enter<Key>(map: Map<Key, LedgerRow[]>, key: Key, row: LedgerRow): void {
  const rows = map.get(key);
  if (rows) rows.push(row);
  else map.set(key, [row]);
}

/**
 * The order in which doubtful messages are fetched: first those that are most probably known, because they
 * tell whether the server changes its unique-ids; then the rest in the old order, in which they may have to
 * be stored.
 */
export function inTellingOrder(doubtful: readonly Doubtful[]): readonly Doubtful[] {
  const sizesOf = new Map<readonly LedgerRow[], ReadonlyMap<number, boolean>>();
  const rank = ({ listed, candidates }: Doubtful): number => {
    let sizes = sizesOf.get(candidates);
    if (!sizes) {
      sizes = new Map(
        [...Map.groupBy(candidates, (row) => row.size)].map(([size, rows]) => [
          size,
          rows.every((row) => row.sha256 !== null),
        ]),
      );
      sizesOf.set(candidates, sizes);
    }
    return sizes.get(listed.size) === true ? 0 : 1;
  };
  return doubtful.toSorted((a, b) => rank(a) - rank(b));
}
