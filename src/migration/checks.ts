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
  /** Those with a problem first, then those that had something new, then those that had not, then the rest. */
  readonly rows: readonly CheckRow[];
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
      left: new Set(mailboxes.map(({ address }) => address)),
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

  /** @param most rows */
  progress(domain: string, most: number): CheckProgress | null {
    const kept = this.#byDomain.get(domain);
    if (!kept) return null;
    const { began, ended, left, troubled, fruitful, others, found } = kept;
    const done = troubled.length + fruitful.length + others.length;
    const rows: CheckRow[] = [];
    for (const some of [troubled, fruitful, others]) {
      for (const findings of some.slice(0, most - rows.length))
        rows.push({ address: findings.address, findings });
    }
    for (const address of left) {
      if (rows.length >= most) break;
      rows.push({ address, findings: null });
    }
    return { began, ended, total: done + left.size, done, found, problems: troubled.length, rows };
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
