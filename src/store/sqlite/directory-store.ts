/** The directory on SQLite (directory/directory-store). */
import type {
  Alias,
  DirectoryStore,
  KeptPassword,
  LeadingAlias,
  Mailbox,
  NewMailbox,
} from "#directory/directory-store";
import type { Domain } from "#directory/domain";
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { SqlValue } from "./db.ts";
import { allDomains, domainOf } from "./domain-operations.ts";
import type { Engine } from "./engine.ts";
import { mailboxFrom, selectMailboxes } from "./rows.ts";

/** Somebody waits for every one of these. */
const front = { lane: "front" } as const;

export class SqliteDirectoryStore implements DirectoryStore {
  readonly #engine: Engine;
  readonly #now: () => number;

  constructor(engine: Engine, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  async domain(name: string): Promise<Domain | null> {
    return this.#engine.query((db) => domainOf(db, name));
  }

  async domains(): Promise<readonly Domain[]> {
    return this.#engine.query(allDomains);
  }

  addDomain(domain: Domain): Promise<Outcome<void>> {
    return this.#engine.write("addDomain", domain, front);
  }

  setDomain(domain: Domain): Promise<Outcome<void>> {
    return this.#engine.write("setDomain", domain, front);
  }

  removeDomain(name: string): Promise<Outcome<void>> {
    return this.#engine.write("removeDomain", name, front);
  }

  async mailbox(address: string): Promise<Mailbox | null> {
    return this.#mailboxes("address = ?", address)[0] ?? null;
  }

  async mailboxById(id: MailboxId): Promise<Mailbox | null> {
    return this.#mailboxes("id = ? AND address IS NOT NULL", id)[0] ?? null;
  }

  async mailboxes(domain: string, after: string, limit: number): Promise<readonly Mailbox[]> {
    return this.#mailboxes("domain = ? AND address > ? ORDER BY address LIMIT ?", domain, after, limit);
  }

  addMailbox(mailbox: NewMailbox): Promise<Outcome<Mailbox>> {
    return this.#engine.write("addMailbox", { mailbox, now: this.#now() }, front);
  }

  removeMailbox(id: MailboxId): Promise<Outcome<void>> {
    return this.#engine.write("removeMailbox", id, front);
  }

  async keptPassword(id: MailboxId): Promise<KeptPassword> {
    const sql = `SELECT password_hash AS hash, sealed AS unhashed FROM mailbox
      LEFT JOIN unhashed_password ON unhashed_password.mailbox = mailbox.id WHERE id = ?`;
    return this.#engine.query((db) => db.get<KeptPassword>(sql, id)) ?? { hash: null, unhashed: null };
  }

  setPasswordHash(id: MailboxId, hash: string): Promise<Outcome<void>> {
    return this.#engine.write("setPasswordHash", { id, hash }, front);
  }

  setQuota(id: MailboxId, octets: number | null): Promise<Outcome<void>> {
    return this.#engine.write("setQuota", { id, octets }, front);
  }

  async aliasTargets(address: string): Promise<readonly string[]> {
    const sql = "SELECT target FROM alias WHERE domain = ? AND address = ? ORDER BY target";
    const domain = address.slice(address.lastIndexOf("@") + 1);
    const rows = this.#engine.query((db) => db.all<{ target: string }>(sql, domain, address));
    return rows.map((row) => row.target);
  }

  async aliases(domain: string): Promise<readonly Alias[]> {
    const sql = "SELECT address, target FROM alias WHERE domain = ? ORDER BY address, target";
    const rows = this.#engine.query((db) => db.all<Alias>(sql, domain));
    return rows.map(({ address, target }) => ({ address, target }));
  }

  addAlias({ address, target }: Alias): Promise<Outcome<void>> {
    return this.#engine.write("addAlias", { address, target }, front);
  }

  async aliasesTo(target: string, after: string, limit: number): Promise<readonly LeadingAlias[]> {
    const sql = `SELECT address, (
        SELECT count(*) FROM alias AS one WHERE one.domain = alias.domain AND one.address = alias.address
      ) AS targets
      FROM alias WHERE target_domain = ? AND target = ? AND address > ? ORDER BY address LIMIT ?`;
    const domain = target.slice(target.lastIndexOf("@") + 1);
    const rows = this.#engine.query((db) => db.all<LeadingAlias>(sql, domain, target, after, limit));
    return rows.map(({ address, targets }) => ({ address, targets }));
  }

  removeAlias(address: string, target?: string): Promise<Outcome<void>> {
    return this.#engine.write("removeAlias", { address, target: target ?? null }, front);
  }

  #mailboxes(condition: string, ...values: SqlValue[]): readonly Mailbox[] {
    const sql = `${selectMailboxes} WHERE ${condition}`;
    const rows = this.#engine.query((db) => db.all<Parameters<typeof mailboxFrom>[0]>(sql, ...values));
    return rows.map(mailboxFrom);
  }
}
