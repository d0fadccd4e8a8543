/**
 * Verifies a certificate: makes its roots again from the lines that are kept, and reads every content that it says
 * is here once more. It gives way all the time, and one content at a time is in memory, chunk by chunk.
 */
import { createHash } from "node:crypto";
import type { Clock } from "#jobs/clock";
import { StoreUnavailable } from "#mailbox/content";
import type { ContentId } from "#mailbox/ids";
import type { Certificate, MailboxProof } from "./certificate.ts";
import { escaped, type Leaf, mailboxLine, parseLeafLine } from "./leaf-line.ts";
import { MerkleTree } from "./merkle.ts";
import { proofsOf } from "./pages.ts";
import type { ContentState, Piece, ProofStore } from "./proof-store.ts";
import { Turns } from "./turns.ts";

export interface VerifyTools {
  readonly store: Pick<ProofStore, "proofs" | "proof" | "pieces" | "states">;
  /** The octets of a content; null when there is none (mailbox/mail-store). */
  readonly read: (content: ContentId) => Promise<AsyncIterable<Uint8Array> | null>;
  readonly clock: Clock;
}

/** A message of a certificate that is not as it was, by name. */
export interface NamedMessage {
  readonly address: string;
  /** As in its line. */
  readonly uidl: string;
  readonly size: number;
  readonly sha256: string;
}

export interface VerifyCounts {
  readonly verified: number;
  /** Octets that were read again. */
  readonly octets: number;
  readonly deletedSince: number;
  readonly damaged: number;
}

export type Finding =
  /** Told about once a second. */
  | ({ readonly kind: "progress"; readonly mailboxes: number } & VerifyCounts)
  /** The person has deleted it since: that is no error. */
  | ({ readonly kind: "deleted-since" } & NamedMessage)
  | ({ readonly kind: "damaged"; readonly problem: string } & NamedMessage)
  | ({ readonly kind: "mailbox"; readonly address: string } & VerifyCounts & Roots)
  /** `roots`: of the domain, null when one mailbox alone was asked for. */
  | ({ readonly kind: "end"; readonly mailboxes: number; readonly wrongRoots: number } & VerifyCounts & {
        readonly roots: Roots | null;
      });

export interface Roots {
  /** As the certificate has it. */
  readonly expected: string;
  /** As the lines make it. */
  readonly found: string;
}

const second = 1000;

/**
 * @param address of the one mailbox to verify; null: all
 * @param signal ends it without an `end`
 */
export async function* verify(
  tools: VerifyTools,
  certificate: Certificate,
  address: string | null,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const sum = { verified: 0, octets: 0, deletedSince: 0, damaged: 0 };
  const tree = new MerkleTree();
  let wrongRoots = 0;
  let mailboxes = 0;
  let told = tools.clock.now();
  for await (const proof of chosen(tools.store, certificate.id, address)) {
    const one = new MailboxVerification(tools, certificate.id, proof);
    for await (const finding of one.run(signal)) {
      if (finding) yield finding;
      if (tools.clock.now() - told < second) continue;
      told = tools.clock.now();
      yield { kind: "progress", mailboxes, ...added(sum, one.counts) };
    }
    if (signal.aborted) return;
    Object.assign(sum, added(sum, one.counts));
    const roots = { expected: proof.root ?? "-", found: one.root };
    if (roots.expected !== roots.found) wrongRoots++;
    tree.add(mailboxLine(proof.address, roots.found));
    mailboxes++;
    yield { kind: "mailbox", address: proof.address, ...one.counts, ...roots };
  }
  const roots = address === null ? { expected: certificate.root, found: tree.root() } : null;
  if (roots && roots.expected !== roots.found) wrongRoots++;
  yield { kind: "end", mailboxes, wrongRoots, ...sum, roots };
}

class MailboxVerification {
  readonly counts = { verified: 0, octets: 0, deletedSince: 0, damaged: 0 };
  readonly #tools: VerifyTools;
  readonly #certificate: number;
  readonly #address: string;
  readonly #tree = new MerkleTree();
  readonly #turns = new Turns();

  constructor(tools: VerifyTools, certificate: number, { address }: MailboxProof) {
    this.#tools = tools;
    this.#certificate = certificate;
    this.#address = address;
  }

  get root(): string {
    return this.#tree.root();
  }

  /** Null where there is nothing to tell, so that whoever listens may look at the time. */
  async *run(signal: AbortSignal): AsyncGenerator<Finding | null> {
    for await (const piece of this.#tools.store.pieces(this.#certificate, this.#address)) {
      if (piece.kind !== "listed") continue;
      const states = await this.#statesOf(piece);
      for (const [index, line] of piece.lines.entries()) {
        if (signal.aborted) return;
        this.#tree.add(line);
        const leaf = parseLeafLine(line);
        if (!leaf) yield this.#damaged({ uidl: "?", size: 0, sha256: "-" }, "its line cannot be read");
        else if (leaf.verdict.class === "here") {
          yield await this.#verify(leaf, piece.contents[index] ?? null, states);
        }
        await this.#turns.giveWay();
      }
    }
  }

  async #statesOf({ contents }: Piece): Promise<ReadonlyMap<ContentId, ContentState>> {
    const asked = contents.filter((content) => content !== null);
    const states = await this.#tools.store.states(asked);
    return new Map(asked.map((content, index) => [content, states[index] ?? "gone"]));
  }

  async #verify(
    { uidl, size, verdict }: Leaf,
    content: ContentId | null,
    states: ReadonlyMap<ContentId, ContentState>,
  ): Promise<Finding | null> {
    const expected = verdict.sha256 ?? "-";
    const named = { uidl: uidl === "" ? "" : escaped(uidl, "latin1"), size, sha256: expected };
    const state = content === null ? "gone" : states.get(content);
    if (content === null || state === "gone") return this.#deletedSince(named);
    const read = await this.#read(content);
    if (read.kind === "none") {
      // Somebody may have deleted it this very moment.
      const [now] = await this.#tools.store.states([content]);
      if (now === "gone") return this.#deletedSince(named);
      return this.#damaged(named, "its content is missing");
    }
    if (read.kind === "unreadable") return this.#damaged(named, read.problem);
    this.counts.octets += read.octets;
    if (read.sha256 !== expected) return this.#damaged(named, `its content has the hash ${read.sha256} now`);
    if (state === "lost") return this.#damaged(named, "its content is there, but no folder shows it");
    this.counts.verified++;
    return null;
  }

  async #read(content: ContentId) {
    const hash = createHash("sha256");
    let octets = 0;
    try {
      const chunks = await this.#tools.read(content);
      if (chunks === null) return { kind: "none" } as const;
      for await (const chunk of chunks) {
        hash.update(chunk);
        octets += chunk.length;
        await this.#turns.giveWay();
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      const cause = error.cause instanceof Error ? error.cause.message : error.message;
      return { kind: "unreadable", problem: `its content cannot be read: ${cause}` } as const;
    }
    return { kind: "read", octets, sha256: hash.digest("hex") } as const;
  }

  #deletedSince(named: Omit<NamedMessage, "address">): Finding {
    this.counts.deletedSince++;
    return { kind: "deleted-since", address: this.#address, ...named };
  }

  #damaged(named: Omit<NamedMessage, "address">, problem: string): Finding {
    this.counts.damaged++;
    return { kind: "damaged", address: this.#address, ...named, problem };
  }
}

async function* chosen(
  store: Pick<ProofStore, "proofs" | "proof">,
  certificate: number,
  address: string | null,
): AsyncGenerator<MailboxProof> {
  if (address === null) return yield* proofsOf(store, certificate);
  const proof = await store.proof(certificate, address);
  if (proof) yield proof;
}

function added(a: VerifyCounts, b: VerifyCounts): VerifyCounts {
  return {
    verified: a.verified + b.verified,
    octets: a.octets + b.octets,
    deletedSince: a.deletedSince + b.deletedSince,
    damaged: a.damaged + b.damaged,
  };
}
