/**
 * Check mailboxes as it goes on: what each mailbox had is kept as it becomes known, so that whoever asked may leave and
 * look again. It lasts until the next check of the domain, and no longer than the program.
 */
import type { MailboxFindings } from "./check.ts";

/** What is known of one mailbox of a check; null: it is still being looked at. */
export interface CheckRow {
  readonly address: string;
  readonly findings: MailboxFindings | null;
}

/** How far a check is. */
export interface CheckProgress {
  /** Epoch milliseconds. */
  readonly began: number;
  /** Null while it goes on. */
  readonly ended: number | null;
  readonly total: number;
  readonly done: number;
  /** New messages, of all that are done. */
  readonly found: number;
  /** Mailboxes with a problem. */
  readonly problems: number;
  readonly counts: Readonly<Record<CheckOutcome, number>>;
  /** A page of those that were asked for, in the order of `checkOutcomes`. */
  readonly rows: readonly CheckRow[];
  /** For the next page; null: this was the last. */
  readonly next: string | null;
}

/** What came of a mailbox, in the order in which they are shown: those that need a look first. */
export const checkOutcomes = ["problem", "found", "nothing-new", "not-done"] as const;
export type CheckOutcome = (typeof checkOutcomes)[number];

/** Which page of which mailboxes. */
export interface CheckQuery {
  /** Null: all. */
  readonly outcome: CheckOutcome | null;
  /**
   * As the page before told it; "" is the first. It is a place in the order, not a mailbox: while the check goes on,
   * mailboxes come forward, and each page is full whenever it is looked at.
   */
  readonly cursor: string;
  /** Rows. */
  readonly most: number;
}

/** One mailbox's part in a check that has begun. */
export interface BegunCheck {
  readonly address: string;
  /** Rejects when the check failed inside. */
  readonly findings: Promise<MailboxFindings>;
}

interface Kept {
  readonly began: number;
  ended: number | null;
  readonly left: Set<string>;
  readonly troubled: MailboxFindings[];
  readonly fruitful: MailboxFindings[];
  readonly others: MailboxFindings[];
  found: number;
}

const failedInside = "the server could not look at it: its log says why";

/** The last check of each domain. */
export class Checks {
  readonly #byDomain = new Map<string, Kept>();
  readonly #now: () => number;

  /** @param now epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A check of a domain has begun; it takes the place of the one before. */
  begun(domain: string, mailboxes: readonly BegunCheck[]): void {
    const kept: Kept = {
      began: this.#now(),
      ended: mailboxes.length === 0 ? this.#now() : null,
      left: new Set(mailboxes.map(({ address }) => address).sort()),
      ...{ troubled: [], fruitful: [], others: [], found: 0 },
    };
    this.#byDomain.set(domain, kept);
    for (const { address, findings } of mailboxes) {
      const failed = { address, found: 0, listed: 0, problem: failedInside, isPassing: true };
      findings.then(
        (known) => this.#note(kept, known),
        () => this.#note(kept, failed),
      );
    }
  }

  /** Null: none has begun. */
  progress(domain: string, { outcome, cursor, most }: CheckQuery): CheckProgress | null {
    const kept = this.#byDomain.get(domain);
    if (!kept) return null;
    const { began, ended, left, troubled, fruitful, others, found } = kept;
    const done = troubled.length + fruitful.length + others.length;
    const from = Math.max(0, Number.parseInt(cursor, 10) || 0);
    const rows = rowsFrom(kept, outcome, from, most + 1);
    return {
      ...{ began, ended, total: done + left.size, done, found, problems: troubled.length },
      counts: {
        problem: troubled.length,
        found: fruitful.length,
        "nothing-new": others.length,
        "not-done": left.size,
      },
      rows: rows.slice(0, most),
      next: rows.length > most ? String(from + most) : null,
    };
  }

  #note(kept: Kept, findings: MailboxFindings): void {
    kept.left.delete(findings.address);
    kept.found += findings.found;
    const group =
      findings.problem !== null ? kept.troubled : findings.found > 0 ? kept.fruitful : kept.others;
    group.push(findings);
    if (kept.left.size === 0) kept.ended = this.#now();
  }
}

/** So many rows of those that were asked for, from that place on: those that are done stand before the rest. */
function rowsFrom(kept: Kept, outcome: CheckOutcome | null, from: number, most: number): CheckRow[] {
  const rows: CheckRow[] = [];
  let skip = from;
  const groups = [kept.troubled, kept.fruitful, kept.others];
  for (const [at, name] of checkOutcomes.entries()) {
    if (outcome !== null && outcome !== name) continue;
    const done = groups[at] ?? [];
    for (const findings of done.slice(skip, skip + most - rows.length))
      rows.push({ address: findings.address, findings });
    skip = Math.max(0, skip - done.length);
  }
  if (outcome !== null && outcome !== "not-done") return rows;
  for (const address of kept.left) {
    if (rows.length >= most) break;
    if (skip-- <= 0) rows.push({ address, findings: null });
  }
  return rows;
}
