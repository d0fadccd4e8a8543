/** Messages that do not come over, in the audit record: each once, by its unique-id and the reason. */
import type { MailboxId } from "#mailbox/ids";
import { audit } from "./audit-trail.ts";
import type { WriterDb } from "./db.ts";

/** Of one mailbox; the ledger knows all of them. */
const mostRecorded = 1000;
const longestReason = 500;

interface SetAside {
  readonly mailbox: MailboxId;
  readonly uidl: string;
  readonly size: number;
  readonly reason: string;
}

/** A message that cannot be taken now, or is never taken. */
export function recordSetAside(
  db: WriterDb,
  kind: "message-set-aside" | "message-skipped",
  message: SetAside,
): void {
  const owner = db.get<{ domain: string; address: string }>(
    "SELECT domain, address FROM mailbox WHERE id = ? AND address IS NOT NULL",
    message.mailbox,
  );
  if (!owner) return;
  const { kept } = db.get<{ kept: number }>(
    "SELECT count(*) AS kept FROM audit WHERE object = ? AND kind = ?",
    owner.address,
    kind,
  ) ?? { kept: 0 };
  if (kept >= mostRecorded) return;
  audit(db, {
    at: Date.now(),
    kind,
    actor: "server",
    remote: null,
    domain: owner.domain,
    object: owner.address,
    outcome: "failed",
    details: {
      uidl: message.uidl.slice(0, longestReason),
      size: message.size,
      reason: message.reason.slice(0, longestReason),
    },
  });
}
