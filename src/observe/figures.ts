/** What is counted when somebody looks, instead of when it happens: how things stand. */

/** Recipients in the queue. */
export interface QueueFigures {
  /** Waits for its next try. */
  readonly deferred: number;
  /** Due now, and not begun. */
  readonly due: number;
  /** Being delivered. */
  readonly underWay: number;
  readonly held: number;
  /** When the one that has waited longest was received, epoch milliseconds; null when nothing waits. */
  readonly oldest: number | null;
}

/** Transfers of one domain in one state. */
export interface TransferFigures {
  readonly domain: string;
  readonly state: string;
  readonly mailboxes: number;
  readonly messages: number;
  readonly messagesHere: number;
  readonly octets: number;
  readonly octetsHere: number;
}

/** The port to what the store counts. Each is one short read. */
export interface Figures {
  /** @param now epoch milliseconds */
  queue(now: number): QueueFigures;
  transfers(): readonly TransferFigures[];
}
