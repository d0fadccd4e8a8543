/** The ledger of one mailbox, looked through (migration/ledger-listing), on SQLite. */
import type { MessageHeading } from "#mail/message-heading";
import type { MailboxId } from "#mailbox/ids";
import type { LedgerListing, LedgerOutcome, LedgerQuery, ListedLedgerRow } from "#migration/ledger-listing";
import type { Db } from "./db.ts";
import type { Engine } from "./engine.ts";
import { headingFromFacts, headingFromText, selectHeadingFacts } from "./heading-text.ts";

const outcomeOf = `CASE state WHEN 'copied' THEN 'copied'
  WHEN 'skipped' THEN CASE WHEN sha256 IS NULL THEN 'skipped' ELSE 'already-here' END
  ELSE CASE WHEN failures > 0 THEN 'failing' ELSE 'waiting' END END`;
const selectPage = `
  SELECT id AS row, uidl, size, ${outcomeOf} AS outcome, reason, failures, next_try AS nextTry,
    missing_since AS missingSince, sha256, content, heading
  FROM ledger
  WHERE mailbox = ?1 AND id > ?2 AND (?3 IS NULL OR ${outcomeOf} = ?3)
    AND (?4 = '' OR instr(lower(uidl), ?4) > 0 OR instr(lower(coalesce(heading, '')), ?4) > 0)
  ORDER BY id LIMIT ?5`;
const selectCounts = `SELECT ${outcomeOf} AS outcome, count(*) AS messages FROM ledger WHERE mailbox = ? GROUP BY 1`;

type Row = Omit<ListedLedgerRow, "heading"> & {
  readonly content: number | null;
  readonly heading: string | null;
};

export class SqliteLedgerListing implements LedgerListing {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async page(
    mailbox: MailboxId,
    { search, outcome, after, limit }: LedgerQuery,
  ): Promise<readonly ListedLedgerRow[]> {
    return this.#engine.read((db) =>
      db
        .all<Row>(selectPage, mailbox, after, outcome, search.toLowerCase(), limit)
        .map(({ content, heading, ...row }) => ({ ...row, heading: headingOf(db, content, heading) })),
    );
  }

  async counts(mailbox: MailboxId): Promise<Readonly<Partial<Record<LedgerOutcome, number>>>> {
    const rows = this.#engine.read((db) =>
      db.all<{ outcome: LedgerOutcome; messages: number }>(selectCounts, mailbox),
    );
    return Object.fromEntries(rows.map(({ outcome, messages }) => [outcome, messages]));
  }
}

/** As its content says; else as much as was seen of it on the old server. */
function headingOf(db: Db, content: number | null, kept: string | null): MessageHeading | null {
  const [text] = content === null ? [] : (db.rows<readonly [string]>(selectHeadingFacts, content)[0] ?? []);
  return text === undefined ? headingFromText(kept) : headingFromFacts(text);
}
