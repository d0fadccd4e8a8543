/** Whom other servers have accepted mail for (routing/known-recipients), on SQLite. */
import type { KnownRecipient, KnownRecipients } from "#routing/known-recipients";
import type { Db, WriterDb } from "./db.ts";
import type { Engine } from "./engine.ts";

export class SqliteKnownRecipients implements KnownRecipients {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  accepted(address: string, route: string, at: number, delivered: boolean): Promise<void> {
    return this.#engine.write("recipientAccepted", { address, route, at, delivered }, { lane: "front" });
  }

  async known(address: string): Promise<KnownRecipient | null> {
    return this.#engine.query((db) => readKnown(db, address));
  }

  async missing(domain: string): Promise<readonly KnownRecipient[]> {
    return this.#engine.query((db) => readMissing(db, domain));
  }
}

interface KnownRow {
  readonly address: string;
  readonly route: string;
  readonly first_accepted: number;
  readonly last_accepted: number;
  readonly messages: number;
}

function readKnown(db: Db, address: string): KnownRecipient | null {
  const row = db.get<KnownRow>(
    "SELECT * FROM known_recipient WHERE domain = ? AND address = ?",
    domainOf(address),
    address,
  );
  return row ? toKnown(row) : null;
}

function readMissing(db: Db, domain: string): KnownRecipient[] {
  return db
    .all<KnownRow>(
      `SELECT * FROM known_recipient AS known WHERE domain = ?1
       AND NOT EXISTS (SELECT 1 FROM mailbox WHERE mailbox.address = known.address AND admitted = 1)
       AND NOT EXISTS (SELECT 1 FROM alias WHERE alias.domain = ?1 AND alias.address = known.address)
       ORDER BY address`,
      domain,
    )
    .map(toKnown);
}

function toKnown(row: KnownRow): KnownRecipient {
  return {
    address: row.address,
    route: row.route,
    firstAccepted: row.first_accepted,
    lastAccepted: row.last_accepted,
    messages: row.messages,
  };
}

function recipientAccepted(
  db: WriterDb,
  args: {
    readonly address: string;
    readonly route: string;
    readonly at: number;
    readonly delivered: boolean;
  },
): void {
  db.run(
    `INSERT INTO known_recipient (domain, address, route, first_accepted, last_accepted, messages)
     VALUES (?1, ?2, ?3, ?4, ?4, ?5)
     ON CONFLICT DO UPDATE SET
       route = iif(excluded.last_accepted >= last_accepted, excluded.route, route),
       first_accepted = min(first_accepted, excluded.first_accepted),
       last_accepted = max(last_accepted, excluded.last_accepted),
       messages = messages + excluded.messages`,
    domainOf(args.address),
    args.address,
    args.route,
    args.at,
    Number(args.delivered),
  );
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

export const knownRecipientOperations = { recipientAccepted };
