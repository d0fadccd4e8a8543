/**
 * What came by mail while its owner's old mailbox was followed, for seven days. A message that the old server forwarded
 * here and kept is found there by the next sweep: it is the same one where its Message-ID and everything below the
 * trace are equal, and is kept once. Each that came by mail answers for one message there. Only a sweep leaves anything
 * out: mail that arrives is never held against anything.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { BelowTraceReader, forwardedSha256 } from "#mail/below-trace";
import type { StagedContent } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import type { Db, WriterDb } from "./db.ts";
import type { KeptMessage } from "./delivery-rows.ts";

/** Milliseconds between a forward and the sweep that finds the same message. */
const longestWay = 7 * 86_400_000;
/** Old rows that go when one is added: there are never many more than seven days bring. */
const goneAtOnce = 4;

/** Whether mail of this mailbox is worth remembering: late mail is still swept for it. */
export function isFollowed(db: Db, mailbox: MailboxId): boolean {
  const sql = "SELECT 1 FROM transfer WHERE mailbox = ? AND state NOT IN ('settled', 'returned')";
  return db.get(sql, mailbox) !== undefined;
}

/**
 * Remembers a message that came by mail and was filed.
 * @param belowTrace of one that is in a file
 */
export function noteCameByMail(
  db: WriterDb,
  mailbox: MailboxId,
  message: KeptMessage,
  belowTrace: string | null,
  receivedAt: number,
): void {
  const { messageId } = message.facts;
  if (messageId === null || !isFollowed(db, mailbox)) return;
  const sha256 = message.body.kind === "inline" ? forwardedSha256(message.body.octets) : belowTrace;
  if (sha256 === null) return;
  db.run(
    "INSERT INTO came_by_mail (mailbox, message_id, below_trace, received_at) VALUES (?, ?, ?, ?)",
    mailbox,
    keyOf(messageId),
    sha256,
    receivedAt,
  );
  db.run(
    `DELETE FROM came_by_mail WHERE id IN
     (SELECT id FROM came_by_mail WHERE received_at < ? ORDER BY received_at LIMIT ${goneAtOnce})`,
    receivedAt - longestWay,
  );
}

/**
 * Whether a message that a sweep found came by mail before; then it answers for no other one from now on.
 * @returns when it came, epoch milliseconds
 */
export function takeCameByMail(
  db: WriterDb,
  mailbox: MailboxId,
  messageId: string | null,
  belowTrace: () => string | null,
  now: number,
): number | null {
  if (messageId === null || !hasCome(db, mailbox, messageId)) return null;
  const taken = db.get<{ received_at: number }>(
    `DELETE FROM came_by_mail WHERE id =
       (SELECT id FROM came_by_mail WHERE mailbox = ? AND message_id = ? AND below_trace = ? AND received_at >= ?
        ORDER BY received_at LIMIT 1)
     RETURNING received_at`,
    mailbox,
    keyOf(messageId),
    belowTrace(),
    now - longestWay,
  );
  return taken?.received_at ?? null;
}

/** Whether anything with this Message-ID came by mail lately: only then it is worth reading a file for it. */
export function hasCome(db: Db, mailbox: MailboxId, messageId: string): boolean {
  const sql = "SELECT 1 FROM came_by_mail WHERE mailbox = ? AND message_id = ? LIMIT 1";
  return db.get(sql, mailbox, keyOf(messageId)) !== undefined;
}

/** Of content in a file, which is read for it; null of other content, of which the writer learns it by itself. */
export async function belowTraceOfFile({ body }: StagedContent): Promise<string | null> {
  if (body.kind !== "file") return null;
  const reader = new BelowTraceReader("forward");
  for await (const chunk of createReadStream(body.path)) reader.write(chunk);
  return reader.finish().sha256;
}

function keyOf(messageId: string): Uint8Array {
  return createHash("sha256").update(messageId).digest().subarray(0, 16);
}
