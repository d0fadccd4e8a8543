/** Passwords that are sealed and not hashed yet (migration/admission/unhashed-passwords), on SQLite. */
import type { MailboxId } from "#mailbox/ids";
import type { UnhashedPassword, UnhashedPasswords } from "#migration/admission/unhashed-passwords";
import type { WriterDb } from "./db.ts";
import type { Engine } from "./engine.ts";

/** On `mailbox`: whether it has a password, hashed or not yet. */
export const hasPassword = `(password_hash IS NOT NULL
    OR EXISTS (SELECT 1 FROM unhashed_password WHERE unhashed_password.mailbox = mailbox.id))`;

export class SqliteUnhashedPasswords implements UnhashedPasswords {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async unhashed(domain: string | null, limit: number): Promise<readonly UnhashedPassword[]> {
    const sql = `SELECT mailbox, address, domain, sealed FROM unhashed_password
      JOIN mailbox ON mailbox.id = unhashed_password.mailbox
      WHERE address IS NOT NULL AND (?1 IS NULL OR domain = ?1) ORDER BY unhashed_password.mailbox LIMIT ?2`;
    return this.#engine.query((db) => db.all<UnhashedPassword>(sql, domain, limit));
  }

  hashed(
    { mailbox, sealed }: Pick<UnhashedPassword, "mailbox" | "sealed">,
    hash: string | null,
  ): Promise<void> {
    return this.#engine.write("setLateHash", { mailbox, sealed, hash }, { lane: "copy" });
  }
}

/** Keeps the password of somebody who is being admitted; the mailbox's hash has been made null. */
export function keepUnhashed(db: WriterDb, mailbox: MailboxId, sealed: Uint8Array | null): void {
  if (sealed === null) return;
  db.run("INSERT INTO unhashed_password (mailbox, sealed) VALUES (?, ?)", mailbox, sealed);
}

interface SetLateHash {
  readonly mailbox: MailboxId;
  readonly sealed: Uint8Array;
  readonly hash: string | null;
}

function setLateHash(db: WriterDb, { mailbox, sealed, hash }: SetLateHash): void {
  const gone = db.run("DELETE FROM unhashed_password WHERE mailbox = ? AND sealed = ?", mailbox, sealed);
  if (gone > 0) db.run("UPDATE mailbox SET password_hash = ? WHERE id = ?", hash, mailbox);
}

export const unhashedPasswordOperations = { setLateHash };
