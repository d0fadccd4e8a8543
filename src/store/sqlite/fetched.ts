/** Fetched messages on their way to the writer. */
import type { FetchedContent } from "#migration/ledger";
import { inlineLimit } from "../content/stage.ts";
import type { Keeper } from "./keeping.ts";
import type { KeptFetched } from "./ledger-operations.ts";

interface Fetched {
  readonly content: FetchedContent;
}

/** Octets that are digested in one operation: about two milliseconds of the writer's time. */
const pieceOctets = 128 * 1024;
/** Messages in one operation. */
const pieceLength = 25;

/**
 * Has many fetched messages written, some at a time, all asked for at once so that they share commits. When some
 * fail the others are still waited for.
 */
export async function inPieces<Item extends Fetched, T>(
  items: readonly Item[],
  write: (piece: readonly Item[]) => Promise<T>,
): Promise<readonly T[]> {
  const ends = await Promise.allSettled(piecesOf(items).map(write));
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

function piecesOf<Item extends Fetched>(items: readonly Item[]): readonly Item[][] {
  const pieces: Item[][] = [];
  let octets = 0;
  for (const item of items) {
    const size = item.content instanceof Uint8Array ? item.content.length : 0;
    const last = pieces.at(-1);
    if (last && last.length < pieceLength && octets + size <= pieceOctets) {
      last.push(item);
      octets += size;
    } else {
      pieces.push([item]);
      octets = size;
    }
  }
  return pieces;
}

/** Makes fetched messages ready for the writer; large octets go to a file on the way. */
export async function keptFetched<Item extends Fetched>(
  items: readonly Item[],
  keeper: Keeper,
): Promise<readonly { readonly item: Item; readonly content: KeptFetched }[]> {
  const names = [...(await keeper.write(items.map(({ content }) => content).filter(isLarge)))];
  const kept: { item: Item; content: KeptFetched }[] = [];
  for (const item of items) {
    if (item.content instanceof Uint8Array) {
      const file = isLarge(item.content) ? (names.shift() ?? null) : null;
      kept.push({ item, content: { kind: "plain", octets: keeper.take(item.content), file } });
    } else {
      for (const message of await keeper.keep(item.content, 1)) {
        kept.push({ item, content: { kind: "digested", kept: message } });
      }
    }
  }
  return kept;
}

function isLarge(content: FetchedContent): content is Uint8Array {
  return content instanceof Uint8Array && content.length > inlineLimit;
}
