/** Who may still come (migration/people), on SQLite. */
import { setImmediate } from "node:timers/promises";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type {
  Expected,
  NamedInHeaders,
  OldMaildrop,
  PeopleStore,
  TriedLogin,
} from "#migration/people/people";
import type { Db, WriterDb } from "./db.ts";
import type { Engine } from "./engine.ts";
import { addressesOfDomain } from "./envelope-addresses.ts";

/** Addresses of one domain whose refused logins are kept. */
const mostTried = 10_000;
/** Envelopes in one read: some milliseconds. */
const batch = 500;
const front = { lane: "front" } as const;

/** `?1` is the domain, `entry.address` the address. */
const hasNoHome = `NOT EXISTS (SELECT 1 FROM mailbox WHERE mailbox.address = entry.address AND admitted = 1)
  AND NOT EXISTS (SELECT 1 FROM alias WHERE alias.domain = ?1 AND alias.address = entry.address)`;

export class SqlitePeopleStore implements PeopleStore {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  expect(domain: string, addresses: readonly string[], at: number): Promise<void> {
    return this.#engine.write("expectPeople", { domain, addresses, at }, front);
  }

  expectNoMore(domain: string, addresses: readonly string[]): Promise<number> {
    return this.#engine.write("expectNoMore", { domain, addresses }, front);
  }

  async expected(domain: string): Promise<readonly Expected[]> {
    const sql = `SELECT address, since FROM expected_person AS entry WHERE domain = ?1 AND ${hasNoHome}
      ORDER BY address`;
    return this.#engine.read((db) => db.all<Expected>(sql, domain).map((row) => ({ ...row })));
  }

  noteOldMaildrops(domain: string, maildrops: readonly OldMaildrop[]): Promise<void> {
    return this.#engine.write("noteOldMaildrops", { domain, maildrops }, front);
  }

  async oldMaildrops(domain: string): Promise<readonly OldMaildrop[]> {
    const sql = `SELECT address, octets, last_mail AS lastMail FROM old_maildrop AS entry
      WHERE domain = ?1 AND ${hasNoHome} ORDER BY address`;
    return this.#engine.read((db) => db.all<OldMaildrop>(sql, domain).map((row) => ({ ...row })));
  }

  loginTried(domain: string, address: string, at: number): Promise<void> {
    return this.#engine.write("loginTried", { domain, address, at }, front);
  }

  async triedLogins(domain: string): Promise<readonly TriedLogin[]> {
    const sql = `SELECT address, times, last FROM tried_login AS entry WHERE domain = ?1 AND ${hasNoHome}
      ORDER BY address`;
    return this.#engine.read((db) => db.all<TriedLogin>(sql, domain).map((row) => ({ ...row })));
  }

  async namedInHeaders(domain: string, signal: AbortSignal): Promise<readonly NamedInHeaders[]> {
    const named = new Map<string, number>();
    const mailboxes = this.#engine.read((db) =>
      db.all<{ id: MailboxId }>("SELECT id FROM mailbox WHERE domain = ?", domain),
    );
    for (const { id } of mailboxes) {
      for (let after = 0; !signal.aborted; await setImmediate()) {
        const envelopes = this.#engine.read((db) => readEnvelopes(db, id, after));
        for (const { text } of envelopes) {
          for (const address of addressesOfDomain(text, domain)) {
            named.set(address, (named.get(address) ?? 0) + 1);
          }
        }
        const last = envelopes.at(-1);
        if (!last || envelopes.length < batch) break;
        after = last.content;
      }
    }
    const all = [...named].map(([address, messages]) => ({ address, messages }));
    const isHomeless = `SELECT 1 AS found FROM (SELECT ?2 AS address) AS entry WHERE ${hasNoHome}`;
    return all
      .filter(({ address }) => this.#engine.read((db) => db.get(isHomeless, domain, address)) !== undefined)
      .sort((one, other) => (one.address < other.address ? -1 : 1));
  }
}

function readEnvelopes(
  db: Db,
  mailbox: MailboxId,
  after: number,
): readonly { readonly content: ContentId; readonly text: string }[] {
  return db.all(
    `SELECT envelope.content AS content, text FROM content JOIN envelope ON envelope.content = content.id
     WHERE content.mailbox = ? AND content.id > ? AND forsaken = 0 ORDER BY content.id LIMIT ?`,
    mailbox,
    after,
    batch,
  );
}

interface People {
  readonly domain: string;
  readonly addresses: readonly string[];
}

function expectPeople(db: WriterDb, { domain, addresses, at }: People & { readonly at: number }): void {
  for (const address of addresses) {
    db.run(
      "INSERT INTO expected_person (domain, address, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      domain,
      address,
      at,
    );
  }
}

function expectNoMore(db: WriterDb, { domain, addresses }: People): number {
  let removed = 0;
  for (const address of addresses) {
    removed += db.run("DELETE FROM expected_person WHERE domain = ? AND address = ?", domain, address);
    db.run("DELETE FROM old_maildrop WHERE domain = ? AND address = ?", domain, address);
  }
  return removed;
}

interface NoteOldMaildrops {
  readonly domain: string;
  readonly maildrops: readonly OldMaildrop[];
}

function noteOldMaildrops(db: WriterDb, { domain, maildrops }: NoteOldMaildrops): void {
  for (const { address, octets, lastMail } of maildrops) {
    db.run(
      `INSERT INTO old_maildrop (domain, address, octets, last_mail) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         octets = coalesce(excluded.octets, octets), last_mail = coalesce(excluded.last_mail, last_mail)`,
      domain,
      address,
      octets,
      lastMail,
    );
  }
}

interface Tried {
  readonly domain: string;
  readonly address: string;
  readonly at: number;
}

function loginTried(db: WriterDb, { domain, address, at }: Tried): void {
  const sql = "UPDATE tried_login SET times = times + 1, last = ? WHERE domain = ? AND address = ?";
  if (db.run(sql, at, domain, address) > 0) return;
  const kept = db.get<{ kept: number }>("SELECT count(*) AS kept FROM tried_login WHERE domain = ?", domain);
  if (kept && kept.kept >= mostTried) return;
  db.run(
    `INSERT INTO tried_login (domain, address, times, last)
     SELECT ?1, ?2, 1, ?3 WHERE EXISTS (SELECT 1 FROM domain WHERE name = ?1)`,
    domain,
    address,
    at,
  );
}

export const peopleOperations = { expectPeople, expectNoMore, noteOldMaildrops, loginTried };
