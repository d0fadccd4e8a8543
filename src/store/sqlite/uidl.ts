import { randomBytes } from "node:crypto";

/** What our own unique-ids begin with. */
const prefix = "mf";

/**
 * A unique-id of our own (RFC 1939 §7): printable, never to be met again. 128 random bits need no look at the
 * entries and ledgers of the mailbox to differ from all of them.
 */
export function newUidl(): string {
  return prefix + randomBytes(16).toString("base64url");
}

/** The same as an expression of SQL, for many at once. */
export const newUidlSql = `'${prefix}' || lower(hex(randomblob(16)))`;
