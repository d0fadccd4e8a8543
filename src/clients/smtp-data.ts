/** The octets of a message on their way out, after the server's 354 (RFC 5321 §4.1.1.4). */
import { DotStuffer } from "#mail/dot-stuffing";
import { WireClosed } from "#net/wire";
import type { SmtpClient } from "./smtp-client.ts";
import { isPositive, type SmtpReply } from "./smtp-replies.ts";
import { type SmtpTrouble, troubleOf } from "./smtp-trouble.ts";

/** What came of the octets; the same for all recipients that were accepted. */
export type DataResult =
  | { readonly kind: "accepted"; readonly reply: SmtpReply }
  | { readonly kind: "refused"; readonly at: "message"; readonly reply: SmtpReply }
  | { readonly kind: "unsendable"; readonly enhanced: string; readonly text: string }
  | { readonly kind: "lost"; readonly trouble: SmtpTrouble; readonly mayHaveArrived: boolean };

const LF = 10;
const CR = 13;
/** Octets gathered for one write: a small message leaves in one piece, its end included. */
const writeSize = 64 * 1024;
/** How long a last word is waited for from a server that closes while we send. */
const lastWordMilliseconds = 2000;

/** Sends octets and the end of data, and hears the answer. What `open` throws is thrown on. */
export async function sendData(
  client: SmtpClient,
  open: () => Promise<AsyncIterable<Uint8Array>>,
): Promise<DataResult> {
  const { limits } = client;
  const stuffer = new DotStuffer();
  const lineEnds = new LineEndWatch();
  const gathered = new Gathered();
  try {
    for await (const chunk of await open()) {
      lineEnds.see(chunk);
      // Nothing that could pass for an end of data at a lax receiver may leave: see DotStuffer.
      if (lineEnds.isBroken) return bareLineEnd(client);
      gathered.add(stuffer.write(chunk));
      if (gathered.size >= writeSize) await client.write(gathered.take(), limits.block);
    }
  } catch (error) {
    return await brokenOff(client, error);
  }
  if (lineEnds.endsWithCr) return bareLineEnd(client);
  gathered.add(stuffer.end());
  try {
    await client.write(gathered.take(), limits.block);
    const reply = await client.hear(limits.endOfData);
    return isPositive(reply) ? { kind: "accepted", reply } : { kind: "refused", at: "message", reply };
  } catch (error) {
    client.destroy();
    return { kind: "lost", trouble: troubleOf(error, "end of data"), mayHaveArrived: true };
  }
}

/** The connection ends without an end of data, so the server throws away what it has. */
function bareLineEnd(client: SmtpClient): DataResult {
  client.destroy();
  return { kind: "unsendable", enhanced: "5.6.11", text: "the message has a bare CR or LF" };
}

async function brokenOff(client: SmtpClient, error: unknown): Promise<DataResult> {
  if (error instanceof WireClosed && error.reason !== "timeout") {
    const reply = await client.hear(lastWordMilliseconds).catch(() => null);
    if (reply && reply.code >= 400) {
      client.destroy();
      return { kind: "refused", at: "message", reply };
    }
  }
  client.destroy();
  if (!(error instanceof WireClosed)) throw error;
  return { kind: "lost", trouble: troubleOf(error, "data"), mayHaveArrived: false };
}

/** Chunks on their way to one write. */
class Gathered {
  #chunks: Uint8Array[] = [];
  size = 0;

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.size += chunk.length;
  }

  take(): Uint8Array {
    const octets = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.size = 0;
    return octets ?? new Uint8Array(0);
  }
}

/** Sees whether every CR and LF is half of a CRLF, in any chunking. */
class LineEndWatch {
  isBroken = false;
  endsWithCr = false;

  see(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.endsWithCr && chunk[0] !== LF) this.isBroken = true;
    for (let at = chunk.indexOf(LF); at >= 0 && !this.isBroken; at = chunk.indexOf(LF, at + 1))
      if (at > 0 ? chunk[at - 1] !== CR : !this.endsWithCr) this.isBroken = true;
    for (let at = chunk.indexOf(CR); at >= 0 && !this.isBroken; at = chunk.indexOf(CR, at + 1))
      if (at + 1 < chunk.length && chunk[at + 1] !== LF) this.isBroken = true;
    this.endsWithCr = chunk.at(-1) === CR;
  }
}
