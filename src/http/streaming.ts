/** Answers that are made while they are sent. */
import type { TypedResponse } from "hono";

/** The compiler cannot look into a stream: that it is what its route says is for tests to see. */
export type Streamed = Response & TypedResponse<never, never, "json">;

/** An answer in pieces; when the client goes away, whoever makes them is told by `return`. */
export function streamed(pieces: AsyncIterable<string>, contentType: string): Streamed {
  const encoder = new TextEncoder();
  const octets = async function* () {
    for await (const piece of pieces) yield encoder.encode(piece);
  };
  const headers = { "content-type": contentType };
  return new Response(ReadableStream.from(octets()), { headers }) as Streamed;
}

/** An answer of one JSON value in each line. */
export function streamedLines(values: AsyncIterable<unknown>): Streamed {
  const lines = async function* () {
    for await (const value of values) yield `${JSON.stringify(value)}\n`;
  };
  return streamed(lines(), "application/x-ndjson");
}
