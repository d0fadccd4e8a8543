/** A domain with ledgers, old maildrops and contents that a test writes down, and a proof store in memory. */
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { Migration, Transfer } from "#migration/migration";
import type { ListedMessage } from "#migration/old-server/old-server";
import type {
  Certificate,
  CertificateEnd,
  CertificateHead,
  MailboxProof,
} from "#migration/proof/certificate";
import { Proofs, type ProofTools } from "#migration/proof/certify";
import type { LedgerView, ProofRow } from "#migration/proof/proof-row";
import type { ContentState, Piece, ProofStore, ProvedMessages } from "#migration/proof/proof-store";
import type { Checked } from "#migration/transfer/transfer-worker";
import { ManualClock } from "../jobs/manual-clock.ts";
import { hashOf } from "../old-server/maildrop.ts";
import { domain, oldAddress } from "./house.ts";

const unstopped = { hold: null, mustLookAgain: false, stop: null, notes: null };

export class MemoryProofStore implements ProofStore {
  readonly views = new Map<MailboxId, LedgerView>();
  readonly contents = new Map<ContentId, { octets: Buffer | Error | null; state: ContentState }>();
  readonly #certificates = new Map<number, { head: CertificateHead; end: CertificateEnd | null }>();
  readonly #mailboxes = new Map<number, Map<string, { proof: MailboxProof; pieces: Piece[] }>>();
  #lastId = 0;

  async view(mailbox: MailboxId): Promise<LedgerView> {
    return this.views.get(mailbox) ?? { rows: [], cameHere: 0 };
  }
  async begin(head: CertificateHead): Promise<number> {
    for (const [id, { head: other, end }] of this.#certificates) {
      if (other.domain === head.domain && end === null) this.#certificates.delete(id);
    }
    this.#certificates.set(++this.#lastId, { head, end: null });
    this.#mailboxes.set(this.#lastId, new Map());
    return this.#lastId;
  }
  async keep(certificate: number, proof: MailboxProof, { pieces }: ProvedMessages): Promise<void> {
    const kept = { proof, pieces: await Array.fromAsync(pieces) };
    this.#mailboxes.get(certificate)?.set(proof.address, kept);
  }
  async finish(certificate: number, end: CertificateEnd): Promise<void> {
    const begun = this.#certificates.get(certificate);
    if (begun) begun.end = end;
  }
  async certificates(name: string): Promise<readonly Certificate[]> {
    return [...this.#certificates]
      .flatMap(([id, { head, end }]) => (end && head.domain === name ? [{ ...head, ...end, id }] : []))
      .reverse();
  }
  async proofs(certificate: number, after: string, limit: number): Promise<readonly MailboxProof[]> {
    const all = [...(this.#mailboxes.get(certificate)?.values() ?? [])].map(({ proof }) => proof);
    const sorted = all
      .filter(({ address }) => address > after)
      .sort((a, b) => (a.address < b.address ? -1 : 1));
    return sorted.slice(0, limit);
  }
  async proof(certificate: number, address: string): Promise<MailboxProof | null> {
    return this.#mailboxes.get(certificate)?.get(address)?.proof ?? null;
  }
  async *pieces(certificate: number, address: string): AsyncGenerator<Piece> {
    yield* this.piecesOf(certificate, address);
  }
  async states(contents: readonly ContentId[]): Promise<readonly ContentState[]> {
    return contents.map((content) => this.contents.get(content)?.state ?? "gone");
  }
  /** To be changed by a test that tampers with them. */
  piecesOf(certificate: number, address: string): Piece[] {
    return this.#mailboxes.get(certificate)?.get(address)?.pieces ?? [];
  }
  async read(content: ContentId): Promise<AsyncIterable<Uint8Array> | null> {
    const octets = this.contents.get(content)?.octets ?? null;
    if (octets === null) return null;
    return (async function* () {
      if (octets instanceof Error) throw octets;
      yield octets.subarray(0, 3);
      yield octets.subarray(3);
    })();
  }
}

export class ProofWorld {
  readonly clock = new ManualClock();
  readonly store = new MemoryProofStore();
  readonly transfers: Transfer[] = [];
  readonly checks = new Map<MailboxId, Checked | Promise<Checked>>();
  readonly checked: string[] = [];
  readonly retried: MailboxId[] = [];
  migration: Migration | null = {
    domain,
    oldServer: oldAddress,
    message: null,
    sealingKey: "key",
    startedAt: 1000,
  };
  readonly tools: ProofTools = {
    store: this.store,
    clock: this.clock,
    goneFor: 15 * 60_000,
    visits: 2,
    software: "Mailferry 1",
    facts: () => ({ greeting: "ready", fingerprint: null }),
    transfers: {
      check: async (mailbox) => {
        this.checked.push(this.transfers.find((one) => one.mailbox === mailbox)?.address ?? "?");
        return (await this.checks.get(mailbox)) ?? { kind: "not-visited", reason: "the old server is down" };
      },
    },
    ledger: {
      migration: async () => this.migration,
      retryRows: async (mailbox) => this.retried.push(mailbox),
      transfers: async (_, after, limit) =>
        this.transfers
          .filter(({ address }) => address > after)
          .sort((a, b) => (a.address < b.address ? -1 : 1))
          .slice(0, limit),
    },
  };
  readonly proofs = new Proofs(this.tools);

  /** A person whose old maildrop lists these unique-ids, 10 octets each, and whose ledger has these rows. */
  person(name: string, uidls: readonly string[], rows: readonly ProofRow[]): Transfer {
    const mailbox = (this.transfers.length + 1) as MailboxId;
    const transfer = {
      mailbox,
      address: `${name}@${domain}`,
      domain,
      state: "following" as const,
      reason: null,
      nextTry: 0,
      failures: 0,
      loginName: name,
      messages: rows.length,
      messagesHere: rows.length,
      octets: 0,
      octetsHere: 0,
      startedAt: 0,
      lastSweep: 0,
      lastStat: null,
      isToldApart: false,
    };
    this.transfers.push(transfer);
    this.store.views.set(mailbox, { rows, cameHere: 1 });
    this.checks.set(mailbox, this.visited(uidls));
    return transfer;
  }

  visited(
    uidls: readonly string[],
    more: Partial<Extract<Checked, { kind: "visited" }>["report"]> = {},
  ): Checked {
    const listing: ListedMessage[] = uidls.map((uidl, index) => ({ number: index + 1, uidl, size: 10 }));
    const landed = { arrived: 0, stored: 0, alreadyHere: 0, octets: 0 };
    const report = {
      end: "complete",
      trouble: null,
      began: this.clock.now(),
      stat: "",
      listed: uidls.length,
    } as const;
    return {
      kind: "visited",
      report: { ...report, landed, leftReason: null, ...unstopped, listing, ...more },
      stored: 0,
    };
  }

  /** A row whose content is here. */
  here(uidl: string, more: Partial<ProofRow> = {}): ProofRow {
    const content = (100 + this.store.contents.size) as ContentId;
    const octets = Buffer.from(`Subject: ${uidl}\r\n\r\n`);
    this.store.contents.set(content, { octets, state: "kept" });
    return {
      ...{ id: content, uidl, size: 10, occurrence: 0, state: "copied", reason: null, missingSince: null },
      ...{ content, octets: octets.length, sha256: hashOf(octets) },
      ...more,
    };
  }
}
