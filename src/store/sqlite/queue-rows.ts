/** Rows of the queue, read and written: the primitives of its operations and of its reads. */
import type { Notify } from "#mail/envelope";
import type { MessageFacts } from "#mail/facts";
import type { NewQueued, QueuedMessage, QueuedRecipient, Via } from "#queue/queue-store";
import type { KeptBody } from "./content-rows.ts";
import type { Db, WriterDb } from "./db.ts";
import type { KeptMessage } from "./delivery-rows.ts";

/** A recipient to be queued, with the id it gets. */
export interface NumberedQueued extends NewQueued {
  readonly id: string;
}

interface RecipientRow {
  readonly id: string;
  readonly message: string;
  readonly message_json: string;
  readonly address: string;
  readonly notify: string | null;
  readonly original_recipient: string | null;
  readonly via_kind: Via["kind"];
  readonly via_to: string;
  readonly expires: number;
  readonly next_try: number;
  readonly attempts: number;
  readonly held: number;
  readonly last_reply: string | null;
  readonly may_have_arrived: number;
  readonly delay_reported: number;
}

/** Recipients as the port shows them. `rest` is what follows FROM, with all its `values`. */
export function selectRecipients(db: Db, rest: string, ...values: (string | number)[]): QueuedRecipient[] {
  const rows = db.all<RecipientRow>(
    `SELECT r.*, m.message AS message_json
     FROM queued_recipient AS r JOIN queued_message AS m ON m.id = r.message ${rest}`,
    ...values,
  );
  return rows.map(toRecipient);
}

function toRecipient(row: RecipientRow): QueuedRecipient {
  return {
    id: row.id,
    message: { ...(JSON.parse(row.message_json) as Omit<QueuedMessage, "id">), id: row.message },
    address: row.address,
    notify: row.notify === null ? null : (row.notify.split(",") as NonNullable<Notify>),
    originalRecipient: row.original_recipient,
    via: { kind: row.via_kind, to: row.via_to },
    attempts: row.attempts,
    nextTry: row.next_try,
    expires: row.expires,
    held: row.held === 1,
    lastReply: row.last_reply,
    mayHaveArrived: row.may_have_arrived === 1,
    delayReported: row.delay_reported === 1,
  };
}

/** A recipient as it is in the queue from its intake on, seen from before its first attempt. */
export function queuedNow(message: QueuedMessage, recipient: NumberedQueued): QueuedRecipient {
  const { id, address, notify, originalRecipient, via, expires } = recipient;
  return {
    ...{ id, message, address, notify, originalRecipient, via, expires },
    attempts: 0,
    nextTry: message.receivedAt,
    held: false,
    lastReply: null,
    mayHaveArrived: false,
    delayReported: false,
  };
}

/** Queues a message for its recipients, all due at once but for those whose attempts begin with this. */
export function insertQueued(
  db: WriterDb,
  message: QueuedMessage,
  { facts, body }: KeptMessage,
  recipients: readonly NumberedQueued[],
): void {
  const { id, ...rest } = message;
  db.run(
    "INSERT INTO queued_message (id, message, facts, file, octets) VALUES (?, ?, ?, ?, ?)",
    id,
    JSON.stringify(rest),
    JSON.stringify(facts),
    body.kind === "file" ? body.name : null,
    body.kind === "inline" ? body.octets : null,
  );
  for (const recipient of recipients) {
    db.run(
      `INSERT INTO queued_recipient
       (id, message, address, notify, original_recipient, via_kind, via_to, received_at, expires, next_try,
        begun, attempts)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8, ?10, ?10)`,
      recipient.id,
      id,
      recipient.address,
      recipient.notify?.join(",") ?? null,
      recipient.originalRecipient,
      recipient.via.kind,
      recipient.via.to,
      message.receivedAt,
      recipient.expires,
      Number(recipient.begins ?? false),
    );
  }
}

/** Takes a recipient out of the queue, and the message with its last one. False when it is gone already. */
export function removeRecipient(db: WriterDb, id: string): boolean {
  const row = db.get<{ message: string }>("DELETE FROM queued_recipient WHERE id = ? RETURNING message", id);
  if (!row) return false;
  const message = db.get<{ file: string | null }>(
    `DELETE FROM queued_message WHERE id = ?1
     AND NOT EXISTS (SELECT 1 FROM queued_recipient WHERE message = ?1) RETURNING file`,
    row.message,
  );
  if (message && message.file !== null) db.forgetFile(message.file);
  return true;
}

/** What is kept of a queued message's octets; null when it is gone. */
export function queuedBody(db: Db, message: string): KeptBody | null {
  const row = db.get<{ file: string | null; octets: Uint8Array | null }>(
    "SELECT file, octets FROM queued_message WHERE id = ?",
    message,
  );
  if (!row) return null;
  if (row.file !== null) return { kind: "file", name: row.file };
  return { kind: "inline", octets: row.octets ?? new Uint8Array() };
}

/** The facts of a queued message; null when it is gone. */
export function queuedFacts(db: Db, message: string): MessageFacts | null {
  const row = db.get<{ facts: string }>("SELECT facts FROM queued_message WHERE id = ?", message);
  return row ? (JSON.parse(row.facts) as MessageFacts) : null;
}
