/** The mailboxes of a domain, looked through and counted (migration/roster), on SQLite. */
import type { MailboxId } from "#mailbox/ids";
import type { Movement, Roster, RosterQuery, RosterRow, Stage, StageFigures } from "#migration/roster";
import type { Db } from "./db.ts";
import type { Engine } from "./engine.ts";
import { readTransfer } from "./transfer-rows.ts";
import { hasPassword } from "./unhashed-passwords.ts";

/** `?2` is when a move must have begun to be stalled, `?3` the mailboxes that moved since, as JSON. */
const stageOf = `CASE
  WHEN transfer.mailbox IS NULL THEN CASE admitted WHEN 1 THEN 'local' ELSE 'prepared' END
  WHEN state = 'returned' THEN 'returned'
  WHEN state NOT IN ('settled', 'paused') AND messages_here < messages AND started_at <= ?2
    AND transfer.mailbox NOT IN (SELECT value FROM json_each(?3)) THEN 'waiting'
  WHEN state IN ('following', 'settled') THEN 'over'
  WHEN state = 'copying' THEN 'on-the-way'
  ELSE 'waiting' END`;
const from = `FROM mailbox LEFT JOIN transfer ON transfer.mailbox = mailbox.id WHERE mailbox.domain = ?1`;
const matching = `AND (?4 = '' OR instr(address, ?4) > 0) AND (?5 IS NULL OR ${stageOf} = ?5)`;

const selectPage = `
  SELECT mailbox.id AS mailbox, address, ${stageOf} AS stage, admitted, quota, mailbox.octets AS octets,
    ${hasPassword} AS hasPassword, created_at AS createdAt,
    EXISTS (SELECT 1 FROM returned_mailbox WHERE returned_mailbox.mailbox = mailbox.id) AS away,
    (SELECT coalesce(sum(folder.messages), 0) FROM folder WHERE folder.mailbox = mailbox.id) AS messages,
    (SELECT count(*) FROM ledger
      WHERE ledger.mailbox = mailbox.id AND ledger.state = 'skipped' AND sha256 IS NULL) AS skipped
  ${from} ${matching} AND address > ?6 ORDER BY address LIMIT ?7`;
const selectCount = `SELECT count(*) AS found ${from} ${matching}`;
/** In the order of the rows: by the index of addresses, 50,000 mailboxes cost three times as much. */
const selectFigures = `
  SELECT ${stageOf} AS stage, count(*) AS mailboxes,
    coalesce(sum(messages), 0) AS messages, coalesce(sum(min(messages_here, messages)), 0) AS messagesHere,
    coalesce(sum(transfer.octets), 0) AS octets,
    coalesce(sum(min(octets_here, transfer.octets)), 0) AS octetsHere, max(last_sweep) AS lastSweep
  ${from.replace("FROM mailbox", "FROM mailbox NOT INDEXED")} GROUP BY 1 ORDER BY 1`;

interface Row {
  readonly mailbox: MailboxId;
  readonly address: string;
  readonly stage: Stage;
  readonly admitted: number;
  readonly away: number;
  readonly hasPassword: number;
  readonly quota: number | null;
  readonly octets: number;
  readonly messages: number;
  readonly createdAt: number;
  readonly skipped: number;
}

export class SqliteRoster implements Roster {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async page(domain: string, movement: Movement, query: RosterQuery): Promise<readonly RosterRow[]> {
    const { search, stage, after, limit } = query;
    const given = [domain, ...valuesOf(movement), search, stage, after, limit] as const;
    return this.#engine.read((db) => db.all<Row>(selectPage, ...given).map((row) => toRosterRow(db, row)));
  }

  async count(
    domain: string,
    movement: Movement,
    { search, stage }: Pick<RosterQuery, "search" | "stage">,
  ): Promise<number> {
    const given = [domain, ...valuesOf(movement), search, stage] as const;
    return this.#engine.read((db) => db.get<{ found: number }>(selectCount, ...given)?.found ?? 0);
  }

  async figures(domain: string, movement: Movement): Promise<readonly StageFigures[]> {
    const given = [domain, ...valuesOf(movement)] as const;
    return this.#engine.read((db) =>
      db.all<StageFigures>(selectFigures, ...given).map((row) => ({ ...row })),
    );
  }
}

function valuesOf({ stalledBefore, moving }: Movement): readonly [number, string] {
  return [stalledBefore, JSON.stringify(moving)];
}

function toRosterRow(db: Db, row: Row): RosterRow {
  const { mailbox, address, stage, quota, octets, messages, createdAt, skipped } = row;
  return {
    mailbox,
    address,
    stage,
    isAdmitted: row.admitted === 1,
    isAway: row.away === 1 && row.admitted === 0,
    hasPassword: row.hasPassword === 1,
    quota,
    octets,
    messages,
    createdAt,
    skipped,
    transfer: readTransfer(db, mailbox),
  };
}
