/** The accounts of a mailbox as lines: hashed, and in pieces for keeping. */
import { createHash } from "node:crypto";
import type { Accounted, Accounts } from "./accounts.ts";
import { goneLine } from "./gone-line.ts";
import { leafLine } from "./leaf-line.ts";
import { MerkleTree } from "./merkle.ts";
import type { Piece } from "./proof-store.ts";

const linesInPiece = 500;

/** The root of the tree over the listed messages, and a key that also covers where their contents are, and their headings. */
export function* hashesOf({
  listed,
  gone,
}: Accounts): Generator<void, { readonly root: string; readonly key: string }> {
  const tree = new MerkleTree();
  const key = createHash("sha256");
  let steps = 0;
  for (const message of listed) {
    if (++steps % 100 === 0) yield;
    const line = leafLine(message);
    tree.add(line);
    key.update(`${message.content ?? "-"} ${headingKey(message)}`);
  }
  for (const message of gone) {
    if (++steps % 100 === 0) yield;
    key.update(`${goneLine(message)}\n${headingKey(message)}`);
  }
  const root = tree.root();
  return { root, key: key.update(root).digest("hex") };
}

/** Without a heading nothing, so that what was kept before there were any counts as the same. */
function headingKey({ heading }: Accounted): string {
  return heading === null ? "" : `${JSON.stringify(heading)}\n`;
}

/** All messages in pieces. */
export async function* piecesOf({ listed, gone }: Accounts): AsyncGenerator<Piece> {
  yield* inPieces("listed", listed, leafLine);
  yield* inPieces("gone", gone, goneLine);
}

function* inPieces<Message extends Accounted>(
  kind: Piece["kind"],
  messages: readonly Message[],
  lineOf: (message: Message) => string,
): Generator<Piece> {
  for (let from = 0; from < messages.length; from += linesInPiece) {
    const some = messages.slice(from, from + linesInPiece);
    const headings = some.map(({ heading }) => heading);
    yield {
      kind,
      lines: some.map(lineOf),
      contents: some.map(({ content }) => content),
      ...(headings.every((heading) => heading === null) ? {} : { headings }),
    };
  }
}
