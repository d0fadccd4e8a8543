/** The record of who did what (observe/audit), on SQLite. */
import {
  type AuditEntry,
  type AuditQuery,
  type AuditRecord,
  type AuditTrail,
  longestDetails,
  longestName,
} from "#observe/audit";
import type { Log } from "#observe/log";
import type { SqlValue, WriterDb } from "./db.ts";
import type { Engine } from "./engine.ts";

/** What nobody waits for is kept back so many milliseconds, to share a commit. */
const patience = 2000;

type AuditRow = Omit<AuditRecord, "details"> & { readonly details: string };

export class SqliteAuditTrail implements AuditTrail {
  readonly #engine: Engine;
  readonly #log: Log;

  constructor(engine: Engine, log: Log) {
    this.#engine = engine;
    this.#log = log;
  }

  record(entry: AuditEntry): Promise<void> {
    return this.#engine.write("audit", entry, { lane: "front" });
  }

  recordSoon(entry: AuditEntry): void {
    this.#engine.write("audit", entry, { lane: "front", patience }).catch((error: unknown) => {
      const { kind, object } = entry;
      this.#log.warn({ err: error, kind, object }, "something could not be recorded");
    });
  }

  async records(query: AuditQuery): Promise<readonly AuditRecord[]> {
    const { conditions, values } = conditionsOf(query);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
    const sql = `SELECT id AS "order", at, kind, actor, remote, domain, object, outcome, details FROM audit
      ${where} ORDER BY id ${query.after === null ? "DESC" : "ASC"} LIMIT ?`;
    return this.#engine.query((db) => db.all<AuditRow>(sql, ...values, query.limit)).map(recordOf);
  }
}

/** Of each condition the text is one of a few: the statements stay as few as the filters can be combined. */
function conditionsOf(query: AuditQuery) {
  const { after, before, domain, object, kind, since } = query;
  const { actor = null, outcome = null, until = null } = query;
  const all: readonly (readonly [string, SqlValue])[] = [
    ["id > ?", after],
    ["id < ?", before],
    ["domain = ?", domain],
    ["object = ?", object],
    ["kind = ?", kind],
    ["actor = ?", actor],
    ["outcome = ?", outcome],
    ["at >= ?", since],
    ["at < ?", until],
  ];
  const given = all.filter(([, value]) => value !== null);
  return { conditions: given.map(([condition]) => condition), values: given.map(([, value]) => value) };
}

function recordOf(row: AuditRow): AuditRecord {
  return { ...row, details: JSON.parse(row.details) };
}

/** Adds a record in the transaction of whatever it tells of. */
export function audit(db: WriterDb, entry: AuditEntry): void {
  const bounded = (text: string): string => text.slice(0, longestName);
  db.run(
    `INSERT INTO audit (at, kind, actor, remote, domain, object, outcome, details)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    entry.at,
    bounded(entry.kind),
    bounded(entry.actor),
    entry.remote && bounded(entry.remote),
    entry.domain && bounded(entry.domain),
    bounded(entry.object),
    entry.outcome,
    detailsText(entry.details),
  );
}

/** What is too long is left out whole: half a JSON text is none. */
function detailsText(details: AuditEntry["details"]): string {
  const text = JSON.stringify(details);
  if (text.length <= longestDetails) return text;
  const short = Object.entries(details).filter(([, value]) => typeof value !== "object" || value === null);
  const shortText = JSON.stringify({ ...Object.fromEntries(short), shortened: true });
  return shortText.length <= longestDetails ? shortText : '{"shortened":true}';
}

export const auditOperations = { audit };
