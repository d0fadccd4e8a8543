/** The queue as an administrator looks at it (queue/queue-listing), on SQLite. */
import type {
  ListedRecipient,
  QueueCount,
  QueueFilter,
  QueueListing,
  QueueState,
} from "#queue/queue-listing";
import type { QueueTotals, Via } from "#queue/queue-store";
import type { Engine } from "./engine.ts";
import { selectRecipients } from "./queue-rows.ts";

const conditions = `
  (?1 IS NULL OR lower(substr(r.address, -length(?1) - 1)) = '@' || ?1)
  AND (?2 IS NULL OR r.via_to = ?2)
  AND (?3 IS NULL OR ?3 = CASE WHEN r.held = 1 THEN 'held' WHEN r.begun = 1 THEN 'under-way'
    WHEN r.next_try <= ?4 THEN 'due' ELSE 'deferred' END)
  AND (?5 IS NULL OR r.id <= ?5)`;

export class SqliteQueueListing implements QueueListing {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async page(
    filter: QueueFilter,
    after: string,
    limit: number,
    now: number,
  ): Promise<readonly ListedRecipient[]> {
    return this.#engine.read((db) => {
      const values = [...valuesOf(filter, now), after, limit];
      // The inner query decides without reading a message.
      const rest = `WHERE r.id IN (SELECT r.id FROM queued_recipient AS r WHERE ${conditions} AND r.id > ?6
        ORDER BY r.id LIMIT ?7) ORDER BY r.id`;
      const begun = new Set(
        db
          .all<{ id: string }>("SELECT id FROM queued_recipient WHERE begun = 1 LIMIT 10000")
          .map(({ id }) => id),
      );
      return selectRecipients(db, rest, ...values).map((recipient) => ({
        ...recipient,
        state: stateOf(recipient, begun.has(recipient.id), now),
      }));
    });
  }

  async count(filter: QueueFilter, now: number): Promise<QueueCount> {
    const sql = `SELECT count(*) AS recipients, count(DISTINCT message) AS messages, max(r.id) AS last
      FROM queued_recipient AS r WHERE ${conditions}`;
    const found = this.#engine.query((db) => db.get<QueueCount>(sql, ...valuesOf(filter, now)));
    return found ?? { recipients: 0, messages: 0, last: null };
  }

  async destinations(most: number): Promise<readonly QueueTotals[]> {
    type Row = { kind: Via["kind"]; to: string; recipients: number; oldest: number };
    const rows = this.#engine.query((db) =>
      db.all<Row>(
        `SELECT via_kind AS kind, via_to AS "to", count(*) AS recipients, min(received_at) AS oldest
         FROM queued_recipient GROUP BY via_kind, via_to ORDER BY recipients DESC, via_to LIMIT ?`,
        most,
      ),
    );
    return rows.map(({ kind, to, recipients, oldest }) => ({ via: { kind, to }, recipients, oldest }));
  }
}

function valuesOf({ domain, via, state, upTo }: QueueFilter, now: number) {
  return [domain, via, state, now, upTo] as (string | number)[];
}

function stateOf(
  { held, nextTry }: { held: boolean; nextTry: number },
  begun: boolean,
  now: number,
): QueueState {
  if (held) return "held";
  if (begun) return "under-way";
  return nextTry <= now ? "due" : "deferred";
}
