/** Looks for what was sent after somebody in the old maildrop: a fresh listing, and every message in it that is new. */

import { BelowTraceReader } from "#mail/below-trace";
import type { ContentId } from "#mailbox/ids";
import { type Identified, identify, nameOf } from "../identity/listing.ts";
import { compareListing } from "../identity/plan.ts";
import type { Migration, Transfer } from "../migration.ts";
import type { OldServerSession } from "../old-server/old-server.ts";
import { OldServerTrouble } from "../old-server/old-server.ts";
import { openSealed } from "../transfer/old-login.ts";
import type { TransferTools } from "../transfer/transfer-tools.ts";
import type { SentMessage } from "./mailbox-return.ts";
import type { Seen } from "./return-store.ts";

export type Look =
  | { readonly kind: "looked"; readonly seen: readonly Seen[] }
  /** There is no password that the old server takes. */
  | { readonly kind: "no-password"; readonly reason: string }
  /** It may be otherwise at the next try. */
  | { readonly kind: "trouble"; readonly reason: string };

export interface LookRequest {
  readonly migration: Migration;
  readonly transfer: Transfer;
  /** Everything that was accepted there; what was not seen yet is looked for. */
  readonly accepted: readonly SentMessage[];
  /** Messages (`nameOf`) that were read on earlier looks and are none of these; more are added. */
  readonly others: Set<string>;
  readonly signal: AbortSignal;
}

/** Logs in with the sealed password. Nothing is changed there; messages that the ledger knows are not read. */
export async function lookThere(tools: TransferTools, request: LookRequest): Promise<Look> {
  const { migration, transfer, signal } = request;
  const patience = { purpose: "prompt", whileWaiting: signal, signal } as const;
  const opening = await openSealed(tools, migration, transfer, patience);
  if (opening.kind === "bad") return { kind: "no-password", reason: opening.reason };
  if (opening.kind === "trouble") return { kind: "trouble", reason: opening.trouble.reason };
  if (opening.kind === "stopped") return { kind: "trouble", reason: "the server is stopping" };
  try {
    const listing = identify(await opening.session.list());
    const { fresh, doubtful } = compareListing(listing, await tools.ledger.rows(transfer.mailbox));
    const known = new Set([...request.others, ...request.accepted.flatMap(({ seenAs }) => seenAs ?? [])]);
    const unknown = [...fresh, ...doubtful.map(({ listed }) => listed)].filter(
      (listed) => listed.uidl === "" || !known.has(nameOf(listed)),
    );
    return await readThem(tools, opening.session, request, unknown);
  } catch (error) {
    if (error instanceof OldServerTrouble) return { kind: "trouble", reason: error.message };
    throw error;
  } finally {
    await opening.session[Symbol.asyncDispose]();
    opening.place[Symbol.dispose]();
  }
}

async function readThem(
  tools: TransferTools,
  session: OldServerSession,
  { accepted, others, signal }: LookRequest,
  messages: readonly Identified[],
): Promise<Look> {
  const search = new Search(accepted);
  const names = new Map(
    messages.flatMap((one) => (one.uidl === "" ? [] : [[one.message.number, nameOf(one)] as const])),
  );
  const readers = new Map<number, BelowTraceReader>();
  let broken: string | null = null;
  await session.fetch({
    messages: messages.map(({ message }) => message),
    begin({ number }) {
      const reader = new BelowTraceReader();
      readers.set(number, reader);
      return { write: async (chunk) => reader.write(chunk) };
    },
    async end({ number }, trouble) {
      const reader = readers.get(number);
      readers.delete(number);
      if (trouble?.scope === "connection") broken = trouble.reason;
      if (trouble || !reader) return;
      const { sha256, header } = reader.finish();
      const name = names.get(number) ?? null;
      const isOurs = search.note(tools.marksOf(header), sha256, name);
      if (!isOurs && name !== null) others.add(name);
    },
    mayGoOn: () => !signal.aborted && search.isAnyLeft,
  });
  if (broken !== null && search.seen.length === 0) return { kind: "trouble", reason: broken };
  return { kind: "looked", seen: search.seen };
}

/** Each message that was sent answers for one message there: three alike that were sent must be three there. */
class Search {
  readonly #byRecipient: ReadonlyMap<string, SentMessage>;
  readonly #byHash: ReadonlyMap<string, readonly SentMessage[]>;
  readonly #seen = new Map<ContentId, Seen>();
  #left: number;

  /** Those that were seen without a unique-id are met again, and answer again. */
  constructor(accepted: readonly SentMessage[]) {
    const candidates = accepted.filter(({ seenAs }) => seenAs === null);
    this.#left = candidates.filter(({ found }) => found === null).length;
    this.#byRecipient = new Map(accepted.map((one) => [one.recipient, one]));
    this.#byHash = Map.groupBy(candidates, ({ sha256 }) => sha256);
  }

  get isAnyLeft(): boolean {
    return this.#left > 0;
  }
  get seen(): readonly Seen[] {
    return [...this.#seen.values()];
  }

  /** A message there, with our marks in it; a server may have taken them away, and then its octets tell. */
  note(marks: readonly string[], sha256: string, name: string | null): boolean {
    const marked = marks.flatMap((mark) => this.#byRecipient.get(mark) ?? [])[0];
    const alike = this.#byHash.get(sha256)?.find(({ content }) => !this.#seen.has(content));
    const one = marked ?? (marks.length === 0 ? alike : undefined);
    if (!one) return false;
    if (this.#seen.has(one.content)) return true;
    if (one.found === null) this.#left--;
    this.#seen.set(one.content, {
      content: one.content,
      how: one.sha256 === sha256 ? "same" : "changed",
      seenAs: name,
    });
    return true;
  }
}
