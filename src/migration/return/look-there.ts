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
import type { Found, SentMessage } from "./mailbox-return.ts";

export interface Seen {
  readonly content: ContentId;
  readonly how: Found;
}

export type Look =
  | { readonly kind: "looked"; readonly seen: readonly Seen[] }
  /** There is no password that the old server takes. */
  | { readonly kind: "no-password"; readonly reason: string }
  /** It may be otherwise at the next try. */
  | { readonly kind: "trouble"; readonly reason: string };

export interface LookRequest {
  readonly migration: Migration;
  readonly transfer: Transfer;
  /** What is looked for: not seen yet. */
  readonly wanted: readonly SentMessage[];
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
    const unknown = [...fresh, ...doubtful.map(({ listed }) => listed)].filter(
      (listed) => listed.uidl === "" || !request.others.has(nameOf(listed)),
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
  { wanted, others, signal }: LookRequest,
  messages: readonly Identified[],
): Promise<Look> {
  const search = new Search(wanted);
  const names = new Map(messages.map((one) => [one.message.number, nameOf(one)]));
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
      const isOurs = search.note(tools.marksOf(header), sha256);
      const name = names.get(number);
      if (!isOurs && name !== undefined) others.add(name);
    },
    mayGoOn: () => !signal.aborted && search.isAnyLeft,
  });
  if (broken !== null && search.seen.length === 0) return { kind: "trouble", reason: broken };
  return { kind: "looked", seen: search.seen };
}

/** Each of the wanted messages answers for one message there: three alike that were sent must be three there. */
class Search {
  readonly #byRecipient: ReadonlyMap<string, SentMessage>;
  readonly #byHash = new Map<string, SentMessage[]>();
  readonly #seen = new Map<ContentId, Found>();
  readonly #wanted: number;

  constructor(wanted: readonly SentMessage[]) {
    this.#wanted = wanted.length;
    this.#byRecipient = new Map(wanted.map((one) => [one.recipient, one]));
    for (const one of wanted) this.#byHash.set(one.sha256, [...(this.#byHash.get(one.sha256) ?? []), one]);
  }

  get isAnyLeft(): boolean {
    return this.#seen.size < this.#wanted;
  }
  get seen(): readonly Seen[] {
    return [...this.#seen].map(([content, how]) => ({ content, how }));
  }

  /** A message there, with our marks in it; a server may have taken them away, and then its octets tell. */
  note(marks: readonly string[], sha256: string): boolean {
    const marked = marks.flatMap((mark) => this.#byRecipient.get(mark) ?? [])[0];
    const alike = this.#byHash.get(sha256)?.find(({ content }) => !this.#seen.has(content));
    const one = marked ?? (marks.length === 0 ? alike : undefined);
    if (!one) return false;
    this.#seen.set(one.content, one.sha256 === sha256 ? "same" : "changed");
    return true;
  }
}
