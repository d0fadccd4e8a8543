import type { LedgerRow } from "../ledger.ts";
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
  /** A content was met that differs only in what mail stores write into messages: this server does that. */
  #hasProofOfWriting = false;

  /**
   * @param sha256 of the whole content, lower-case hex
   * @param settled the same without what mail stores write into messages; null where there is no such thing
   */
  recognise({ listed, candidates }: Doubtful, sha256: string, settled: string | null): Recognised {
    const index = this.#indexOf(candidates);
    const name = nameOf(listed);
    const known = this.#free(index.copied.get(`${sha256} ${name}`)) ?? this.#free(index.copied.get(sha256));
    if (known) {
      if (known.uidl !== listed.uidl) this.#hasProofOfChange = true;
      return this.#claim("known", known);
    }
    const written = this.#free(index.settled.get(`${settled ?? sha256} ${listed.uidl}`));
    if (written) {
      this.#hasProofOfWriting = true;
      return this.#claim("known", written);
    }
    // Under another unique-id only with proof: a program that knows the old one would never show the message.
    const arriving =
      this.#free(index.remote.get(name)) ??
      (this.#hasProofOfWriting ? this.#free(index.remote.get(listed.uidl)) : undefined) ??
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
  /** By their hash without what mail stores write, and the unique-id. */
  readonly settled: Map<string, LedgerRow[]>;
  /** Remote ones by name and by unique-id, and wanted remote ones by size. */
  readonly remote: Map<string, LedgerRow[]>;
  readonly wanted: Map<number, LedgerRow[]>;
}

function indexCandidates(candidates: readonly LedgerRow[]): CandidateIndex {
  const index: CandidateIndex = {
    copied: new Map(),
    settled: new Map(),
    remote: new Map(),
    wanted: new Map(),
  };
  for (const row of candidates.toReversed()) {
    if (row.sha256 !== null) {
      enter(index.copied, row.sha256, row);
      enter(index.copied, `${row.sha256} ${nameOf(row)}`, row);
      enter(index.settled, `${row.settledSha256 ?? row.sha256} ${row.uidl}`, row);
    } else if (row.state === "remote") {
      enter(index.remote, nameOf(row), row);
      if (row.uidl !== "") enter(index.remote, row.uidl, row);
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
  const knownOf = new Map<readonly LedgerRow[], Known>();
  const rank = ({ listed, candidates }: Doubtful): number => {
    const { sizes, uidls, places } = knownOf.get(candidates) ?? known(candidates);
    if (!knownOf.has(candidates)) knownOf.set(candidates, { sizes, uidls, places });
    // In another size under a known unique-id: it was written into, or the unique-id is used again.
    if (sizes.get(listed.size) ?? uidls.has(listed.uidl)) return 0;
    return places.get(listed.message.number) === listed.size ? 1 : 2;
  };
  return doubtful.toSorted((a, b) => rank(a) - rank(b));
}

interface Known {
  /** Whether all contents of a size are known. */
  readonly sizes: ReadonlyMap<number, boolean>;
  /** Unique-ids with a known content. */
  readonly uidls: ReadonlySet<string>;
  /** The sizes of those with a known content, by the number they have if nothing before them came or went. */
  readonly places: ReadonlyMap<number, number>;
}

function known(candidates: readonly LedgerRow[]): Known {
  const isKnown = ({ sha256 }: LedgerRow): boolean => sha256 !== null;
  const bySize = [...Map.groupBy(candidates, (row) => row.size)];
  return {
    sizes: new Map(bySize.map(([size, rows]) => [size, rows.every(isKnown)])),
    places: new Map(
      candidates
        .filter(({ missingSince }) => missingSince === null)
        .flatMap((row, index) => (isKnown(row) ? [[index + 1, row.size] as const] : [])),
    ),
    uidls: new Set(candidates.filter(isKnown).flatMap(({ uidl }) => (uidl === "" ? [] : [uidl]))),
  };
}
