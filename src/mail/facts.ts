import type { ImapEnvelope } from "./imap-envelope.ts";
import type { MimePart } from "./mime-part.ts";

/** What is known about a message once all its octets have been seen. Plain data, fit for JSON. */
export interface MessageFacts {
  /** In octets. */
  readonly size: number;
  /** Of all octets, in lower-case hex. */
  readonly sha256: string;
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
