/** What proofs read and keep, on SQLite (migration/proof). */
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type {
  Certificate,
  CertificateEnd,
  CertificateHead,
  MailboxProof,
} from "#migration/proof/certificate";
import type { LedgerView } from "#migration/proof/proof-row";
import type { ContentState, Piece, ProofStore, ProvedMessages } from "#migration/proof/proof-store";
import type { Engine } from "./engine.ts";
import type { LedgerViews } from "./ledger-views.ts";
import * as reads from "./proof-reads.ts";

/** A proof runs by itself. */
const copy = { lane: "copy" } as const;
/** A mailbox with so many pieces is kept in one commit. */
const fewPieces = 4;
const compress = promisify(deflateRaw);
const uncompress = promisify(inflateRaw);

export class SqliteProofStore implements ProofStore {
  readonly #engine: Engine;
  readonly #views: LedgerViews;

  constructor(engine: Engine, views: LedgerViews) {
    this.#engine = engine;
    this.#views = views;
  }

  view(mailbox: MailboxId): Promise<LedgerView> {
    return this.#views.view(mailbox);
  }

  async begin(head: CertificateHead): Promise<number> {
    while (await this.#engine.write("clearUnfinished", head.domain, copy));
    return await this.#engine.write("beginCertificate", head, copy);
  }

  async keep(certificate: number, proof: MailboxProof, { key, pieces }: ProvedMessages): Promise<void> {
    const domain = this.#engine.query((db) => reads.readCertificateDomain(db, certificate));
    if (domain === null) throw new Error(`there is no certificate ${certificate}`);
    const { address } = proof;
    const known = this.#engine.query((db) => reads.readProvedWith(db, domain, address, key));
    if (known !== null) {
      await this.#engine.write("keepProof", { certificate, proved: known, proof }, copy);
      return;
    }
    const messages = { domain, address, key };
    const first: Uint8Array[] = [];
    let proved: number | null = null;
    for await (const piece of pieces) {
      const octets = await compress(Buffer.from(JSON.stringify(piece), "utf8"));
      if (proved === null && first.length < fewPieces) {
        first.push(octets);
        continue;
      }
      proved ??= await this.#begin(messages, first);
      await this.#engine.write("addPiece", { proved, octets }, copy);
    }
    if (proved === null)
      await this.#engine.write("keepSmall", { ...messages, certificate, proof, pieces: first }, copy);
    else await this.#engine.write("keepProof", { certificate, proved, proof }, copy);
  }

  async finish(certificate: number, end: CertificateEnd): Promise<void> {
    await this.#engine.write("finishCertificate", { certificate, end }, copy);
  }

  async certificates(domain: string): Promise<readonly Certificate[]> {
    return this.#engine.query((db) => reads.readCertificates(db, domain));
  }

  async proofs(certificate: number, after: string, limit: number): Promise<readonly MailboxProof[]> {
    return this.#engine.query((db) => reads.readProofs(db, certificate, after, limit));
  }

  async proof(certificate: number, address: string): Promise<MailboxProof | null> {
    return this.#engine.query((db) => reads.readProof(db, certificate, address));
  }

  async *pieces(certificate: number, address: string): AsyncGenerator<Piece> {
    for (let after = 0; ; ) {
      const from = after;
      const piece = this.#engine.query((db) => reads.readPiece(db, certificate, address, from));
      if (!piece) return;
      after = piece.id;
      yield JSON.parse((await uncompress(piece.octets)).toString("utf8")) as Piece;
    }
  }

  async states(contents: readonly ContentId[]): Promise<readonly ContentState[]> {
    return this.#engine.read((db) => contents.map((content) => reads.readContentState(db, content)));
  }

  /** Of a mailbox with many messages every piece is a commit of its own. */
  async #begin(
    messages: { readonly domain: string; readonly address: string; readonly key: string },
    first: readonly Uint8Array[],
  ): Promise<number> {
    const proved = await this.#engine.write("beginProved", messages, copy);
    for (const octets of first) await this.#engine.write("addPiece", { proved, octets }, copy);
    return proved;
  }
}
