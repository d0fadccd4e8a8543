import { open } from "node:fs/promises";
import { StoreUnavailable } from "#mailbox/content";

/** Octets read at once: large enough to be fast, small enough for thousands of readers. */
const chunkSize = 128 * 1024;

/**
 * The octets of a file from `from` on, in chunks of their own.
 * @param release called once, when the reading has ended in whatever way
 */
export async function* readFileChunks(
  path: string,
  from: number,
  release: () => void,
): AsyncGenerator<Uint8Array, undefined> {
  try {
    await using file = await open(path, "r");
    for (let position = from; ; ) {
      const chunk = new Uint8Array(chunkSize);
      const { bytesRead } = await file.read(chunk, 0, chunkSize, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } catch (error) {
    throw new StoreUnavailable("a content file could not be read", { cause: error });
  } finally {
    release();
  }
}

/** Octets that are in memory, as a read. */
export async function* readOctets(octets: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  if (octets.length > 0) yield octets;
}
