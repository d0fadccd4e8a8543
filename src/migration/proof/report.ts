/**
 * What an administrator reads about a domain's move: out of its certificate, word for word as it was then, or out of
 * the ledger while the move goes on. Mailboxes and their messages come one after the other and are never all in
 * memory.
 */
import type { MessageHeading } from "#mail/message-heading";
import type { Migration } from "../migration.ts";
import {
  type Certificate,
  type GivenUp,
  type MailboxProof,
  type OldServerFacts,
  tlsOf,
  urlOf,
} from "./certificate.ts";
import type { ProofTools } from "./certify.ts";
import { known } from "./compare-mailbox.ts";
import { parseGoneLine } from "./gone-line.ts";
import { type Leaf, parseLeafLine } from "./leaf-line.ts";
import { proofsOf, transfersOf } from "./pages.ts";
import type { Piece } from "./proof-store.ts";
import { piecesOf } from "./proved-messages.ts";

/** What stands at the top. Times are epoch milliseconds. */
export interface ReportHead {
  readonly domain: string;
  readonly software: string;
  readonly oldServer: { readonly url: string; readonly tls: string } | null;
  readonly facts: OldServerFacts;
  readonly startedAt: number | null;
  readonly madeAt: number;
  readonly givenUp: readonly GivenUp[];
  /** Null while the move goes on: then the report is not finished and proves nothing. */
  readonly certificate: Pick<
    Certificate,
    "id" | "begunAt" | "endedAt" | "mailboxes" | "totals" | "root" | "closes"
  > | null;
}

/** One message: listed, with its place in the listing (from 1), or not listed any more, with since when. */
export interface ReportMessage {
  readonly position: number | null;
  readonly goneSince: number | null;
  readonly leaf: Leaf;
  /** What it says of itself, where that is known and it is not simply here. */
  readonly heading: MessageHeading | null;
}

export interface Report {
  readonly head: ReportHead;
  /** In address order. */
  mailboxes(): AsyncIterable<MailboxProof>;
  /** Those listed in the old order, then those that are not listed any more. */
  messages(address: string): AsyncIterable<ReportMessage>;
}

/** A report as a certificate has it. @param only the address of the one mailbox that it is about */
export function certifiedReport(
  { store }: Pick<ProofTools, "store">,
  certificate: Certificate,
  only: string | null,
): Report {
  const { id, domain, oldServer, software, facts, migrationStartedAt, endedAt, givenUp } = certificate;
  return {
    head: {
      domain,
      software,
      oldServer: { url: urlOf(oldServer), tls: tlsOf(oldServer) },
      facts,
      startedAt: migrationStartedAt,
      madeAt: endedAt,
      givenUp,
      certificate,
    },
    async *mailboxes() {
      if (only === null) return yield* proofsOf(store, id);
      const proof = await store.proof(id, only);
      if (proof) yield proof;
    },
    messages: (address) => messagesIn(store.pieces(id, address)),
  };
}

/** A report of a move that goes on, or that ended without a certificate: what the ledger knows now. */
export function liveReport(
  tools: Pick<ProofTools, "store" | "ledger" | "clock" | "software" | "facts" | "transfers" | "goneFor">,
  domain: string,
  migration: Migration | null,
  only: string | null,
): Report {
  const transfers = async function* () {
    for await (const transfer of transfersOf(tools.ledger, domain)) {
      if (only === null || transfer.address === only) yield transfer;
    }
  };
  return {
    head: {
      domain,
      software: tools.software,
      oldServer: migration && { url: urlOf(migration.oldServer), tls: tlsOf(migration.oldServer) },
      facts: migration ? tools.facts(migration) : { greeting: null, fingerprint: null },
      startedAt: migration?.startedAt ?? null,
      madeAt: tools.clock.now(),
      givenUp: [],
      certificate: null,
    },
    async *mailboxes() {
      for await (const transfer of transfers()) yield (await known(tools, transfer)).proof;
    },
    async *messages(address) {
      for await (const transfer of transfersFrom(tools.ledger, domain, address)) {
        yield* messagesIn(piecesOf((await known(tools, transfer)).accounts));
      }
    },
  };
}

async function* messagesIn(pieces: AsyncIterable<Piece>): AsyncGenerator<ReportMessage> {
  let position = 0;
  for await (const { kind, lines, headings } of pieces) {
    for (const [index, line] of lines.entries()) {
      const gone = kind === "gone" ? parseGoneLine(line) : null;
      const leaf = gone ?? parseLeafLine(line);
      if (!leaf) continue;
      const heading = headings?.[index] ?? null;
      yield { leaf, heading, goneSince: gone?.since ?? null, position: gone ? null : ++position };
    }
  }
}

async function* transfersFrom(ledger: ProofTools["ledger"], domain: string, address: string) {
  // The page begins just before the address.
  const [transfer] = await ledger.transfers(domain, address.slice(0, -1), 1);
  if (transfer?.address === address) yield transfer;
  else for await (const one of transfersOf(ledger, domain)) if (one.address === address) yield one;
}
