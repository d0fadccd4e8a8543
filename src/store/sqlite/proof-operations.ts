/** Keeping certificates (migration/proof). All of it in small pieces: nobody waits behind a proof. */
import type { CertificateEnd, CertificateHead, MailboxProof } from "#migration/proof/certificate";
import type { WriterDb } from "./db.ts";

function beginCertificate(db: WriterDb, head: CertificateHead): number {
  return db.insert("INSERT INTO certificate (domain, head) VALUES (?, ?)", head.domain, JSON.stringify(head));
}

interface BeginProved {
  readonly domain: string;
  readonly address: string;
  readonly key: string;
}

function beginProved(db: WriterDb, { domain, address, key }: BeginProved): number {
  return db.insert("INSERT INTO proved (domain, address, key) VALUES (?, ?, ?)", domain, address, key);
}

interface AddPiece {
  readonly proved: number;
  readonly octets: Uint8Array;
}

function addPiece(db: WriterDb, { proved, octets }: AddPiece): void {
  db.run("INSERT INTO proved_piece (proved, octets) VALUES (?, ?)", proved, octets);
}

interface KeepProof {
  readonly certificate: number;
  readonly proved: number;
  readonly proof: MailboxProof;
}

interface KeepSmall extends BeginProved {
  readonly certificate: number;
  readonly proof: MailboxProof;
  readonly pieces: readonly Uint8Array[];
}

/** All of a mailbox with few messages in one commit: most are such. */
function keepSmall(db: WriterDb, { certificate, proof, pieces, ...messages }: KeepSmall): void {
  const proved = beginProved(db, messages);
  for (const octets of pieces) addPiece(db, { proved, octets });
  keepProof(db, { certificate, proved, proof });
}

function keepProof(db: WriterDb, { certificate, proved, proof }: KeepProof): void {
  db.run("UPDATE proved SET kept = 1 WHERE id = ?", proved);
  db.run(
    `INSERT INTO certificate_mailbox (certificate, address, proved, proof) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET proved = excluded.proved, proof = excluded.proof`,
    certificate,
    proof.address,
    proved,
    JSON.stringify(proof),
  );
}

interface FinishCertificate {
  readonly certificate: number;
  readonly end: CertificateEnd;
}

function finishCertificate(db: WriterDb, { certificate, end }: FinishCertificate): void {
  db.run("UPDATE certificate SET ending = ? WHERE id = ?", JSON.stringify(end), certificate);
}

/**
 * Clears away a slice of what is left of certificates of a domain that were never finished.
 * @returns whether anything may be left
 */
function clearUnfinished(db: WriterDb, domain: string): boolean {
  const mailboxes = db.all<{ certificate: number; address: string; proved: number }>(
    `SELECT certificate, address, proved FROM certificate_mailbox WHERE certificate IN
     (SELECT id FROM certificate WHERE domain = ? AND ending IS NULL) LIMIT 50`,
    domain,
  );
  for (const { certificate, address, proved } of mailboxes) {
    db.run("DELETE FROM certificate_mailbox WHERE certificate = ? AND address = ?", certificate, address);
    db.run(
      `UPDATE proved SET kept = 0 WHERE id = ?1
       AND NOT EXISTS (SELECT 1 FROM certificate_mailbox WHERE proved = ?1)`,
      proved,
    );
  }
  if (mailboxes.length > 0) return true;
  const left = db.get<{ id: number }>("SELECT id FROM proved WHERE domain = ? AND kept = 0 LIMIT 1", domain);
  if (left) {
    const sql =
      "DELETE FROM proved_piece WHERE id IN (SELECT id FROM proved_piece WHERE proved = ? LIMIT 20)";
    if (db.run(sql, left.id) === 0) db.run("DELETE FROM proved WHERE id = ?", left.id);
    return true;
  }
  return db.run("DELETE FROM certificate WHERE domain = ? AND ending IS NULL", domain) > 0;
}

export const proofOperations = {
  beginCertificate,
  beginProved,
  addPiece,
  keepSmall,
  keepProof,
  finishCertificate,
  clearUnfinished,
};
