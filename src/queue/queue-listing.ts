/** The port to the queue as an administrator looks at it: by filter, a page at a time, with numbers. */
import type { QueuedRecipient, QueueTotals } from "./queue-store.ts";

/** deferred: waits for its next try. due: may leave now. under-way: an attempt goes on. held: until it is released. */
export const queueStates = ["deferred", "due", "under-way", "held"] as const;
export type QueueState = (typeof queueStates)[number];

/** Null where it does not matter. */
export interface QueueFilter {
  /** Of the recipient, lower-case. */
  readonly domain: string | null;
  /** The remote domain or the recipient's own through which it leaves. */
  readonly via: string | null;
  readonly state: QueueState | null;
  /** Nothing that was queued after this id. */
  readonly upTo: string | null;
}

export interface ListedRecipient extends QueuedRecipient {
  readonly state: QueueState;
}

/** What a filter finds. */
export interface QueueCount {
  readonly recipients: number;
  readonly messages: number;
  /** The last id of them; null where nothing is found. */
  readonly last: string | null;
}

export interface QueueListing {
  /** In id order, which is the order they came in; after an id (exclusive, "" for the start). */
  page(filter: QueueFilter, after: string, limit: number, now: number): Promise<readonly ListedRecipient[]>;
  count(filter: QueueFilter, now: number): Promise<QueueCount>;
  /** What waits for each destination, those with the most first. */
  destinations(most: number): Promise<readonly QueueTotals[]>;
}
