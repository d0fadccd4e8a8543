/** Sessions of people on the web (http/my/person) and where they signed in (login/sign-ins), on SQLite. */
import type { PersonSession, PersonSessions } from "#http/my/person";
import type { SignIn, SignInStore } from "#login/sign-ins";
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { WriterDb } from "./db.ts";
import type { Engine } from "./engine.ts";

/** Of one person; what was used longest ago makes room. */
const most = 50;
const front = { lane: "front" } as const;

export class SqlitePersonStore implements PersonSessions, SignInStore {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  addSession(hash: Uint8Array, session: PersonSession): Promise<void> {
    return this.#engine.write("addPersonSession", { hash, session }, front);
  }

  async sessionOf(hash: Uint8Array, now: number): Promise<PersonSession | null> {
    const sql = `SELECT address, created, last_used AS lastUsed, expires FROM person_session
      WHERE hash = ? AND expires > ?`;
    return this.#engine.read((db) => db.get<PersonSession>(sql, hash, now) ?? null);
  }

  renewSession(hash: Uint8Array, at: number, expires: number): Promise<void> {
    return this.#engine.write("renewPersonSession", { hash, at, expires }, front);
  }

  endSession(hash: Uint8Array): Promise<void> {
    return this.#engine.write("endPersonSession", hash, front);
  }

  changePassword(mailbox: MailboxId, passwordHash: string, kept: Uint8Array): Promise<Outcome<void>> {
    return this.#engine.write("changeOwnPassword", { mailbox, passwordHash, kept }, front);
  }

  note(signIns: readonly SignIn[]): Promise<void> {
    return this.#engine.write("noteSignIns", signIns, { lane: "copy" });
  }

  async signIns(address: string): Promise<readonly SignIn[]> {
    const sql = `SELECT address, protocol, peer AS peerAddress, first, last, count FROM sign_in
      WHERE address = ? ORDER BY last DESC LIMIT ${most}`;
    return this.#engine.read((db) => db.all<SignIn>(sql, address));
  }
}

interface AddSession {
  readonly hash: Uint8Array;
  readonly session: PersonSession;
}

function addPersonSession(db: WriterDb, { hash, session }: AddSession): void {
  const { address, created, lastUsed, expires } = session;
  db.run("DELETE FROM person_session WHERE address = ? AND expires <= ?", address, created);
  db.run(
    "INSERT INTO person_session (hash, address, created, last_used, expires) VALUES (?, ?, ?, ?, ?)",
    hash,
    address,
    created,
    lastUsed,
    expires,
  );
  db.run(
    `DELETE FROM person_session WHERE hash IN (SELECT hash FROM person_session WHERE address = ?
       ORDER BY last_used DESC, created DESC LIMIT -1 OFFSET ${most})`,
    address,
  );
}

interface RenewSession {
  readonly hash: Uint8Array;
  readonly at: number;
  readonly expires: number;
}

function renewPersonSession(db: WriterDb, { hash, at, expires }: RenewSession): void {
  db.run("UPDATE person_session SET last_used = ?, expires = ? WHERE hash = ?", at, expires, hash);
}

function endPersonSession(db: WriterDb, hash: Uint8Array): void {
  db.run("DELETE FROM person_session WHERE hash = ?", hash);
}

interface ChangePassword {
  readonly mailbox: MailboxId;
  readonly passwordHash: string;
  readonly kept: Uint8Array;
}

/** The rows' own trigger ends every session (schema 0023); the one that asked is entered again. */
function changeOwnPassword(db: WriterDb, { mailbox, passwordHash, kept }: ChangePassword): Outcome<void> {
  const session = db.get<PersonSession>(
    `SELECT address, created, last_used AS lastUsed, expires FROM person_session
     WHERE hash = ? AND address = (SELECT address FROM mailbox WHERE id = ?)`,
    kept,
    mailbox,
  );
  if (!session) return failed("not-permitted", "The session has ended.");
  db.run("UPDATE mailbox SET password_hash = ? WHERE id = ?", passwordHash, mailbox);
  db.run("DELETE FROM person_session WHERE address = ?", session.address);
  addPersonSession(db, { hash: kept, session });
  return done(undefined);
}

function noteSignIns(db: WriterDb, signIns: readonly SignIn[]): void {
  for (const { address, protocol, peerAddress, first, last, count } of signIns) {
    db.run(
      `INSERT INTO sign_in (address, protocol, peer, first, last, count) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
       ON CONFLICT DO UPDATE SET last = max(last, ?5), count = count + ?6`,
      address,
      protocol,
      peerAddress,
      first,
      last,
      count,
    );
  }
  for (const address of new Set(signIns.map((one) => one.address)))
    db.run(
      `DELETE FROM sign_in WHERE address = ?1 AND (protocol, peer) IN (SELECT protocol, peer FROM sign_in
         WHERE address = ?1 ORDER BY last DESC LIMIT -1 OFFSET ${most})`,
      address,
    );
}

export const personOperations = {
  addPersonSession,
  renewPersonSession,
  endPersonSession,
  changeOwnPassword,
  noteSignIns,
};
