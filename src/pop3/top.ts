const CR = 13;
const LF = 10;

/**
 * The beginning of a message: its header, the empty line, and so many lines of the body (RFC 1939 §7). A line
 * ends with LF, whether or not there is a CR before it, as the lines end that a client sees. Reading stops as
 * soon as the last of them has been seen.
 */
export async function* topOf(
  content: AsyncIterable<Uint8Array>,
  bodyLines: number,
): AsyncGenerator<Uint8Array> {
  let isInHeader = true;
  let isLineEmpty = true;
  let left = bodyLines;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at];
      if (octet !== LF) {
        if (octet !== CR) isLineEmpty = false;
        continue;
      }
      if (!isInHeader) left--;
      else if (isLineEmpty) isInHeader = false;
      isLineEmpty = true;
      if (!isInHeader && left <= 0) {
        yield chunk.subarray(0, at + 1);
        return;
      }
    }
    yield chunk;
  }
}
