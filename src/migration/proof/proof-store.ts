/**
 * The port to what a proof reads and keeps. Nothing in it is a whole mailbox's mail or a whole domain's messages:
 * a certificate is kept and read mailbox by mailbox, and of these piece by piece.
 */
import type { MessageHeading } from "#mail/message-heading";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { Certificate, CertificateEnd, CertificateHead, MailboxProof } from "./certificate.ts";
import type { LedgerView } from "./proof-row.ts";

/** Some hundred messages of a mailbox, as lines. */
export interface Piece {
  /** listed: lines as they are hashed. gone: with the time before it, see `gone-line`. */
  readonly kind: "listed" | "gone";
  readonly lines: readonly string[];
  /** For each line the content that is here, so that it can be read again. */
  readonly contents: readonly (ContentId | null)[];
  /**
   * For each line what its message says of itself, for people; without any there is none. They are in no hash: they
   * name what the hashes prove.
   */
  readonly headings?: readonly (MessageHeading | null)[];
}

/** The messages of a mailbox as a certificate keeps them. */
export interface ProvedMessages {
  /** Equal for equal lines with equal contents: what is kept already is not kept again. */
  readonly key: string;
  readonly pieces: AsyncIterable<Piece>;
}

/**
 * Where the content of a message is now. kept: a message shows it. lost: it is there and no message shows it.
 * gone: it went with its last message.
 */
export type ContentState = "kept" | "lost" | "gone";

export interface ProofStore {
  /** The ledger of a mailbox as one commit left it. Read in short turns, one mailbox after the other. */
  view(mailbox: MailboxId): Promise<LedgerView>;

  /** Begins a certificate; one of this domain that was begun and not finished is cleared away. */
  begin(head: CertificateHead): Promise<number>;
  /** Keeps a mailbox in a certificate that was begun. */
  keep(certificate: number, proof: MailboxProof, messages: ProvedMessages): Promise<void>;
  /** From now on it is a certificate. */
  finish(certificate: number, end: CertificateEnd): Promise<void>;

  /** Those that are whole, the newest first. */
  certificates(domain: string): Promise<readonly Certificate[]>;
  /** The mailboxes of a certificate, whole or not, in the order of the octets of their addresses, after one of them. */
  proofs(certificate: number, after: string, limit: number): Promise<readonly MailboxProof[]>;
  proof(certificate: number, address: string): Promise<MailboxProof | null>;
  /** The messages of a mailbox, in the order in which they were kept. */
  pieces(certificate: number, address: string): AsyncIterable<Piece>;

  /** Where these contents are now, in their order. */
  states(contents: readonly ContentId[]): Promise<readonly ContentState[]>;
}
