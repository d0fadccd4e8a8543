/** The port through which the queue has one message taken to one other server. `courier/` answers it. */
import type { NextHop, TlsPolicy } from "#mail/next-hop";
import type { QueuedMessage } from "./queue-store.ts";

/** Where to: fixed hosts of a remote domain, or the MX of a domain (hosts empty). */
export interface Hop {
  /** The remote domain or the recipient's domain: what the queue's concurrency and back-off are counted by. */
  readonly name: string;
  readonly hosts: readonly NextHop[];
  readonly tls: TlsPolicy;
}

/** One message for some recipients of one hop. The octets are `trace` and then those of `content`. */
export interface Consignment {
  readonly hop: Hop;
  readonly message: QueuedMessage;
  readonly recipients: readonly ConsignedRecipient[];
  /** The one Received header that we add, ending in CRLF. */
  readonly trace: string;
  /** The octets below our trace header, from their start; opened anew for each server that is tried. */
  content(): Promise<AsyncIterable<Uint8Array>>;
}

export interface ConsignedRecipient {
  /** Queue-recipient id. */
  readonly id: string;
  readonly address: string;
  readonly notify: readonly ("NEVER" | "SUCCESS" | "FAILURE" | "DELAY")[] | null;
  readonly originalRecipient: string | null;
}

/** What the other side answered, in the words of a DSN. */
export interface RemoteReply {
  /** Host name of the server that answered; null when none could be reached. */
  readonly host: string | null;
  /** Reply code, or null for trouble of our own (no connection, time-out). */
  readonly code: number | null;
  /** Enhanced status code; made up from the reply code where the server gave none. */
  readonly enhanced: string;
  readonly text: string;
}

export type Delivery =
  | {
      readonly kind: "delivered";
      readonly recipient: string;
      readonly reply: RemoteReply /** it takes over DSN (RFC 3461) */;
      readonly keepsNotify: boolean;
    }
  | {
      readonly kind: "deferred";
      readonly recipient: string;
      readonly reply: RemoteReply /** no answer to the end of data */;
      readonly mayHaveArrived: boolean;
    }
  /** `policy`: it refuses us, not the recipient or the message. */
  | {
      readonly kind: "rejected";
      readonly recipient: string;
      readonly reply: RemoteReply;
      readonly policy: boolean;
    };

export interface Courier {
  /** One result per recipient. Never throws for trouble with the other side. */
  deliver(consignment: Consignment, signal: AbortSignal): Promise<readonly Delivery[]>;
}
