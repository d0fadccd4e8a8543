import { createHash, hash } from "node:crypto";
import { parseDate } from "./date.ts";
import type { ImapEnvelope } from "./imap-envelope.ts";
import { readImapEnvelope } from "./imap-envelope.ts";
import type { MimePart } from "./mime-part.ts";
import { MimeReader, type MimeReading } from "./mime-reader.ts";
import { newestReceivedDate } from "./received.ts";
import { SettledHash, settledSha256 } from "./settled-hash.ts";

/** What is known about a message once all its octets have been seen. Plain data, fit for JSON. */
export interface MessageFacts {
  /** In octets. */
  readonly size: number;
  /** Of all octets, in lower-case hex. */
  readonly sha256: string;
  /** The same without what mail stores write into messages (settled-hash), where there is such a thing. */
  readonly settledSha256?: string;
  /** Octets of the header with the empty line that ends it. */
  readonly headerSize: number;
  /** Line feeds in the whole message. */
  readonly lines: number;
  readonly envelope: ImapEnvelope;
  readonly structure: MimePart;
  /** The Date field, in milliseconds since 1970. */
  readonly date: number | null;
  /** The newest Received field's date, in milliseconds since 1970. */
  readonly receivedDate: number | null;
  readonly messageId: string | null;
}

/**
 * Learns the facts of a message from its octets as they pass, in chunks of any size. What it keeps does not grow
 * with the message: no body, at most 1 MiB of its header, 10,000 parts, 100 levels.
 */
export class FactsReader {
  readonly #mime = new MimeReader();
  readonly #hash = createHash("sha256");
  readonly #settled = new SettledHash();

  write(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#settled.write(chunk);
    this.#mime.write(chunk);
  }

  /** The message is whole. To be called once. */
  finish(): MessageFacts {
    return factsFrom(this.#mime.finish(), this.#hash.digest("hex"), this.#settled.digest());
  }
}

/** The facts of a message that is all in memory. */
export function factsOf(octets: Uint8Array): MessageFacts {
  const mime = new MimeReader();
  mime.write(octets);
  return factsFrom(mime.finish(), hash("sha256", octets, "hex"), settledSha256(octets));
}

function factsFrom(
  { structure, fields, size, lines }: MimeReading,
  sha256: string,
  settled: string | null,
): MessageFacts {
  const envelope = readImapEnvelope(fields);
  const date = envelope.date === null ? null : parseDate(envelope.date);
  return {
    size,
    sha256,
    ...(settled === null ? {} : { settledSha256: settled }),
    headerSize: structure.header.end,
    lines,
    envelope,
    structure,
    date: date?.getTime() ?? null,
    receivedDate: newestReceivedDate(fields)?.getTime() ?? null,
    messageId: envelope.messageId,
  };
}
