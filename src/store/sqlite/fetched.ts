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

/** Makes fetched messages ready for the writer, those in memory in one buffer; large octets go to a file on the way. */
export async function keptFetched<Item extends Fetched>(
  items: readonly Item[],
  keeper: Keeper,
): Promise<readonly { readonly item: Item; readonly content: KeptFetched }[]> {
  const contents = items.map(({ content }) => content);
  const written = [...(await keeper.write(contents.filter(isLarge)))];
  const adopted = [...(await keeper.adopt(contents.flatMap((content) => stagedFile(content) ?? [])))];
  const taken = [...keeper.take(contents.flatMap((content) => inMemory(content) ?? []))].reverse();
  return items.map((item) => {
    const { content } = item;
    const octets = inMemory(content) === null ? null : (taken.pop() ?? null);
    if (content instanceof Uint8Array) {
      const file = isLarge(content) ? (written.shift() ?? null) : null;
      return { item, content: { kind: "plain", octets: octets ?? content, file } };
    }
    const { facts } = content;
    const body = octets
      ? ({ kind: "inline", octets } as const)
      : ({ kind: "file", name: adopted.shift() ?? "" } as const);
    return { item, content: { kind: "digested", kept: { facts, body } } };
  });
}

function isLarge(content: FetchedContent): content is Uint8Array {
  return content instanceof Uint8Array && content.length > inlineLimit;
}

function inMemory(content: FetchedContent): Uint8Array | null {
  if (content instanceof Uint8Array) return content;
  return content.body.kind === "inline" ? content.body.octets : null;
}

function stagedFile(content: FetchedContent): string | null {
  return content instanceof Uint8Array || content.body.kind === "inline" ? null : content.body.path;
}
