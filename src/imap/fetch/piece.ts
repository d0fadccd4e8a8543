import type { Client } from "../client.ts";

/** A piece of a response: text (latin1), octets, or octets that are read while they are sent. */
export type Piece = string | Uint8Array | StreamedOctets;

export interface StreamedOctets {
  readonly length: number;
  /** At least `length` octets. */
  readonly octets: AsyncIterable<Uint8Array>;
}

/** A response broke off in the middle: what follows could not be understood, so the connection must be cut. */
export class BrokenResponse extends Error {
  constructor(text: string, options?: ErrorOptions) {
    super(text, options);
    this.name = "BrokenResponse";
  }
}

/** Sends the pieces of one response. Throws BrokenResponse when octets that were announced do not come. */
export async function sendPieces(client: Client, pieces: readonly Piece[]): Promise<void> {
  for (const piece of pieces) {
    if (typeof piece === "string" || piece instanceof Uint8Array) client.add(piece);
    else await sendStreamed(client, piece);
  }
}

async function sendStreamed(client: Client, { length, octets }: StreamedOctets): Promise<void> {
  let left = length;
  const chunks = octets[Symbol.asyncIterator]();
  while (left > 0) {
    const chunk = await nextChunk(chunks);
    client.add(chunk.length > left ? chunk.subarray(0, left) : chunk);
    left -= chunk.length;
    await client.breathe();
  }
  await chunks.return?.();
}

async function nextChunk(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let next: IteratorResult<Uint8Array>;
  try {
    next = await chunks.next();
  } catch (error) {
    throw new BrokenResponse("a message could not be read to its end", { cause: error });
  }
  if (next.done) throw new BrokenResponse("a message is shorter than its facts say");
  return next.value;
}
