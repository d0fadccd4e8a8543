/** Administrators, their sessions and tokens (http/access/administrator), on SQLite. */
import type { AccessKey, Administrator, AdministratorStore } from "#http/access/administrator";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { WriterDb } from "./db.ts";
import type { Engine } from "./engine.ts";

/** Keys of one administrator; the session that was used longest ago makes room. */
const mostKeys = 100;
const front = { lane: "front" } as const;

interface AdministratorRow {
  readonly name: string;
  readonly role: Administrator["role"];
  readonly domains: string;
}

interface KeyRow extends Omit<AccessKey, "mayWrite"> {
  readonly mayWrite: number;
}

const keyColumns = `id, kind, label, may_write AS mayWrite, access_key.created AS created,
  last_used AS lastUsed, expires`;

export class SqliteAdministratorStore implements AdministratorStore {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async administrators(): Promise<readonly Administrator[]> {
    const sql = "SELECT name, role, domains FROM administrator ORDER BY name";
    return this.#engine.read((db) => db.all<AdministratorRow>(sql).map(administratorFrom));
  }

  async passwordHash(name: string): Promise<string | null> {
    const sql = "SELECT password_hash AS hash FROM administrator WHERE name = ?";
    return this.#engine.read((db) => db.get<{ hash: string }>(sql, name)?.hash ?? null);
  }

  addAdministrator(administrator: Administrator, passwordHash: string, at: number): Promise<Outcome<void>> {
    return this.#engine.write("addAdministrator", { administrator, passwordHash, at }, front);
  }

  setAdministratorPassword(name: string, passwordHash: string, kept = ""): Promise<Outcome<void>> {
    return this.#engine.write("setAdministratorPassword", { name, passwordHash, kept }, front);
  }

  removeAdministrator(name: string): Promise<Outcome<void>> {
    return this.#engine.write("removeAdministrator", name, front);
  }

  addKey(hash: Uint8Array, administrator: string, key: AccessKey): Promise<Outcome<void>> {
    return this.#engine.write("addAccessKey", { hash, administrator, key }, front);
  }

  async keyOf(
    hash: Uint8Array,
    now: number,
  ): Promise<{ key: AccessKey; administrator: Administrator } | null> {
    const sql = `SELECT ${keyColumns}, name, role, domains
      FROM access_key JOIN administrator ON administrator.name = access_key.administrator
      WHERE hash = ? AND expires > ?`;
    const row = this.#engine.read((db) => db.get<KeyRow & AdministratorRow>(sql, hash, now));
    return row ? { key: keyFrom(row), administrator: administratorFrom(row) } : null;
  }

  renewKey(hash: Uint8Array, at: number, expires: number): Promise<void> {
    return this.#engine.write("renewAccessKey", { hash, at, expires }, front);
  }

  async keys(administrator: string, now: number): Promise<readonly AccessKey[]> {
    const sql = `SELECT ${keyColumns} FROM access_key WHERE administrator = ? AND expires > ? ORDER BY created, id`;
    return this.#engine.read((db) => db.all<KeyRow>(sql, administrator, now).map(keyFrom));
  }

  removeKey(administrator: string, id: string): Promise<Outcome<void>> {
    return this.#engine.write("removeAccessKey", { administrator, id }, front);
  }
}

function administratorFrom({ name, role, domains }: AdministratorRow): Administrator {
  return { name, role, domains: JSON.parse(domains) };
}

function keyFrom({ id, kind, label, mayWrite, created, lastUsed, expires }: KeyRow): AccessKey {
  return { id, kind, label, mayWrite: mayWrite === 1, created, lastUsed, expires };
}

interface AddAdministrator {
  readonly administrator: Administrator;
  readonly passwordHash: string;
  readonly at: number;
}

function addAdministrator(
  db: WriterDb,
  { administrator, passwordHash, at }: AddAdministrator,
): Outcome<void> {
  const { name, role, domains } = administrator;
  const added = db.run(
    `INSERT INTO administrator (name, role, domains, password_hash, created) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    name,
    role,
    JSON.stringify(domains),
    passwordHash,
    at,
  );
  return added > 0 ? done(undefined) : failed("exists", `There is an administrator ${name} already.`);
}

interface SetPassword {
  readonly name: string;
  readonly passwordHash: string;
  /** Id of the session that goes on; empty: none. */
  readonly kept: string;
}

function setAdministratorPassword(db: WriterDb, { name, passwordHash, kept }: SetPassword): Outcome<void> {
  const set = db.run("UPDATE administrator SET password_hash = ? WHERE name = ?", passwordHash, name);
  if (set === 0) return noAdministrator(name);
  db.run("DELETE FROM access_key WHERE administrator = ? AND kind = 'session' AND id <> ?", name, kept);
  return done(undefined);
}

function removeAdministrator(db: WriterDb, name: string): Outcome<void> {
  for (const table of ["access_key", "recovery_code", "second_factor"])
    db.run(`DELETE FROM ${table} WHERE administrator = ?`, name);
  const removed = db.run("DELETE FROM administrator WHERE name = ?", name);
  return removed > 0 ? done(undefined) : noAdministrator(name);
}

interface AddKey {
  readonly hash: Uint8Array;
  readonly administrator: string;
  readonly key: AccessKey;
}

function addAccessKey(db: WriterDb, { hash, administrator, key }: AddKey): Outcome<void> {
  if (!db.get("SELECT 1 FROM administrator WHERE name = ?", administrator))
    return noAdministrator(administrator);
  db.run("DELETE FROM access_key WHERE expires <= ?", key.created);
  const kept = db.get<{ kept: number }>(
    "SELECT count(*) AS kept FROM access_key WHERE administrator = ?",
    administrator,
  );
  if (kept && kept.kept >= mostKeys) {
    const removed = db.run(
      `DELETE FROM access_key WHERE hash = (SELECT hash FROM access_key
         WHERE administrator = ? AND kind = 'session' ORDER BY last_used LIMIT 1)`,
      administrator,
    );
    if (removed === 0)
      return failed("in-use", `${administrator} has ${mostKeys} tokens already: remove some.`);
  }
  const { id, kind, label, mayWrite, created, lastUsed, expires } = key;
  db.run(
    `INSERT INTO access_key (hash, id, administrator, kind, label, may_write, created, last_used, expires)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    hash,
    id,
    administrator,
    kind,
    label,
    mayWrite ? 1 : 0,
    created,
    lastUsed,
    expires,
  );
  return done(undefined);
}

interface RenewKey {
  readonly hash: Uint8Array;
  readonly at: number;
  readonly expires: number;
}

function renewAccessKey(db: WriterDb, { hash, at, expires }: RenewKey): void {
  db.run("UPDATE access_key SET last_used = ?, expires = ? WHERE hash = ?", at, expires, hash);
}

interface NamedKey {
  readonly administrator: string;
  readonly id: string;
}

function removeAccessKey(db: WriterDb, { administrator, id }: NamedKey): Outcome<void> {
  const removed = db.run("DELETE FROM access_key WHERE administrator = ? AND id = ?", administrator, id);
  return removed > 0
    ? done(undefined)
    : failed("not-found", `${administrator} has no session or token ${id}.`);
}

function noAdministrator(name: string) {
  return failed("not-found", `There is no administrator ${name}.`);
}

export const administratorOperations = {
  addAdministrator,
  setAdministratorPassword,
  removeAdministrator,
  addAccessKey,
  renewAccessKey,
  removeAccessKey,
};
