/** Certificates as they are read. */
import type { ContentId } from "#mailbox/ids";
import type {
  Certificate,
  CertificateEnd,
  CertificateHead,
  MailboxProof,
} from "#migration/proof/certificate";
import type { ContentState } from "#migration/proof/proof-store";
import type { Db } from "./db.ts";

/** Those of a domain that are whole, the newest first. */
export function readCertificates(db: Db, domain: string): Certificate[] {
  return db
    .all<{ id: number; head: string; ending: string }>(
      "SELECT id, head, ending FROM certificate WHERE domain = ? AND ending IS NOT NULL ORDER BY id DESC",
      domain,
    )
    .map(({ id, head, ending }) => ({
      ...(JSON.parse(head) as CertificateHead),
      ...(JSON.parse(ending) as CertificateEnd),
      id,
    }));
}

/** The domain that a certificate is of, whole or not; null when there is none. */
export function readCertificateDomain(db: Db, certificate: number): string | null {
  return (
    db.get<{ domain: string }>("SELECT domain FROM certificate WHERE id = ?", certificate)?.domain ?? null
  );
}

/** Mailboxes of a certificate in address order, after an address (exclusive). */
export function readProofs(db: Db, certificate: number, after: string, limit: number): MailboxProof[] {
  return db
    .all<{ proof: string }>(
      `SELECT proof FROM certificate_mailbox WHERE certificate = ? AND address > ? ORDER BY address LIMIT ?`,
      certificate,
      after,
      limit,
    )
    .map(({ proof }) => JSON.parse(proof) as MailboxProof);
}

/** One of them. */
export function readProof(db: Db, certificate: number, address: string): MailboxProof | null {
  const sql = "SELECT proof FROM certificate_mailbox WHERE certificate = ? AND address = ?";
  const row = db.get<{ proof: string }>(sql, certificate, address);
  return row ? (JSON.parse(row.proof) as MailboxProof) : null;
}

/** Messages of a mailbox with this key that are kept already. */
export function readProvedWith(db: Db, domain: string, address: string, key: string): number | null {
  const sql = "SELECT id FROM proved WHERE domain = ? AND address = ? AND key = ? AND kept = 1";
  return db.get<{ id: number }>(sql, domain, address, key)?.id ?? null;
}

/** The next piece of a mailbox of a certificate. */
export function readPiece(
  db: Db,
  certificate: number,
  address: string,
  after: number,
): { readonly id: number; readonly octets: Uint8Array } | undefined {
  return db.get(
    `SELECT proved_piece.id, octets FROM certificate_mailbox
     JOIN proved_piece ON proved_piece.proved = certificate_mailbox.proved
     WHERE certificate = ? AND address = ? AND proved_piece.id > ? ORDER BY proved_piece.id LIMIT 1`,
    certificate,
    address,
    after,
  );
}

/** Where a content is now. */
export function readContentState(db: Db, content: ContentId): ContentState {
  const row = db.get<{ forsaken: number; shown: number }>(
    `SELECT forsaken, EXISTS (SELECT 1 FROM message WHERE content = content.id) AS shown
     FROM content WHERE id = ?`,
    content,
  );
  if (!row || row.forsaken === 1) return "gone";
  return row.shown === 1 ? "kept" : "lost";
}
