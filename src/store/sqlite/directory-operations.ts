/** Writing mailboxes, their settings, and aliases. Domains are in `domain-operations`. */
import type { Alias, Mailbox, NewMailbox } from "#directory/directory-store";
import type { FolderId, MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { WriterDb } from "./db.ts";
import { domainOf } from "./domain-operations.ts";
import { createMailbox, mailboxOf } from "./mailbox-rows.ts";
import { nextModSeq } from "./message-rows.ts";
import { mailboxFrom, selectMailboxes } from "./rows.ts";

const noMailbox = failed("not-found", "There is no such mailbox.");

interface AddMailbox {
  readonly mailbox: NewMailbox;
  readonly now: number;
}

function addMailbox(db: WriterDb, { mailbox, now }: AddMailbox): Outcome<Mailbox> {
  if (domainOf(db, mailbox.domain)?.kind !== "local") return noLocalDomain(mailbox.domain);
  if (mailboxOf(db, mailbox.address))
    return failed("exists", `There is a mailbox ${mailbox.address} already.`);
  const id = createMailbox(db, mailbox, now);
  const row = db.get<Parameters<typeof mailboxFrom>[0]>(`${selectMailboxes} WHERE id = ?`, id);
  return row ? done(mailboxFrom(row)) : noMailbox;
}

/**
 * The mailbox is gone with this commit, for everyone; its rows are cleared away later, in slices. Its address
 * remembers which UIDVALIDITYs were given out, in case it gets a mailbox again.
 */
function removeMailbox(db: WriterDb, id: MailboxId): Outcome<void> {
  const remembered = db.run(
    `INSERT OR REPLACE INTO former_mailbox (address, uid_validity)
     SELECT address, uid_validity FROM mailbox WHERE id = ? AND address IS NOT NULL`,
    id,
  );
  if (remembered === 0) return noMailbox;
  for (const folder of db.all<{ id: FolderId }>("SELECT id FROM folder WHERE mailbox = ?", id)) {
    nextModSeq(db, folder.id);
  }
  db.run("UPDATE mailbox SET address = NULL, domain = NULL, password_hash = NULL WHERE id = ?", id);
  db.leaveRemains();
  return done(undefined);
}

function setPasswordHash(db: WriterDb, { id, hash }: { id: MailboxId; hash: string }): Outcome<void> {
  const sql = "UPDATE mailbox SET password_hash = ? WHERE id = ? AND address IS NOT NULL";
  return db.run(sql, hash, id) > 0 ? done(undefined) : noMailbox;
}

function setQuota(db: WriterDb, { id, octets }: { id: MailboxId; octets: number | null }): Outcome<void> {
  const sql = "UPDATE mailbox SET quota = ? WHERE id = ? AND address IS NOT NULL";
  return db.run(sql, octets, id) > 0 ? done(undefined) : noMailbox;
}

function addAlias(db: WriterDb, { address, target }: Alias): Outcome<void> {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  if (domainOf(db, domain)?.kind !== "local") return noLocalDomain(domain);
  // A target may be an address or a pipe (ADDRESS|ROUTE): the domain that it depends on comes last in both.
  const targetDomain = target.slice(Math.max(target.lastIndexOf("@"), target.lastIndexOf("|")) + 1);
  const added = db.run(
    "INSERT INTO alias (domain, address, target, target_domain) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    domain,
    address,
    target,
    targetDomain,
  );
  return added > 0 ? done(undefined) : failed("exists", `${address} goes to ${target} already.`);
}

interface RemoveAlias {
  readonly address: string;
  /** Null: every one. */
  readonly target: string | null;
}

function removeAlias(db: WriterDb, { address, target }: RemoveAlias): Outcome<void> {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  const sql = "DELETE FROM alias WHERE domain = ? AND address = ? AND target = coalesce(?, target)";
  if (db.run(sql, domain, address, target) > 0) return done(undefined);
  const missing = target === null ? `There is no alias ${address}` : `${address} does not go to ${target}`;
  return failed("not-found", `${missing}.`);
}

function noLocalDomain(name: string) {
  return failed("not-found", `${name} is no local domain: add it first.`);
}

export const directoryOperations = {
  addMailbox,
  removeMailbox,
  setPasswordHash,
  setQuota,
  addAlias,
  removeAlias,
};
