/**
 * The record of who did what: logins that the old server judged, every administrative act, and the turning points
 * of each move. It is only ever added to. It relies on whoever writes it to hand in no password and no content,
 * and promises an order that never changes.
 */

/** What is recorded. Times are epoch milliseconds. */
export interface AuditEntry {
  readonly at: number;
  /** What happened, in a few words joined by "-": "domain-set", "mailbox-created", "login-refused". */
  readonly kind: string;
  /** Who: "server", "person", "command line: root", "administrator: anna". */
  readonly actor: string;
  /** The IP address it came from; null where it came from this machine or from nobody. */
  readonly remote: string | null;
  /** The domain it is about; null where it is about none. */
  readonly domain: string | null;
  /** What it is about: an address, a domain, or the name of something else. */
  readonly object: string;
  readonly outcome: "done" | "refused" | "failed";
  /** Figures, values before and after, the reason. Bounded: see `longestDetails`. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditRecord extends AuditEntry {
  /** Ascends with every record; with gaps perhaps, never used twice. */
  readonly order: number;
}

/** Which records, and from where on. Null where it does not matter. */
export interface AuditQuery {
  /** Those after this order, the oldest of them first. With null the newest come first. */
  readonly after: number | null;
  /** Those before this order. */
  readonly before: number | null;
  readonly domain: string | null;
  readonly object: string | null;
  readonly kind: string | null;
  /** Who, word for word. */
  readonly actor?: string | null;
  readonly outcome?: AuditEntry["outcome"] | null;
  /** Not older than this. */
  readonly since: number | null;
  /** Older than this. */
  readonly until?: number | null;
  readonly limit: number;
}

export interface AuditTrail {
  /** Adds a record; it is durable when this resolves. */
  record(entry: AuditEntry): Promise<void>;
  /** The same for what nobody waits for: it shares the next commit, and comes by itself within seconds. */
  recordSoon(entry: AuditEntry): void;
  records(query: AuditQuery): Promise<readonly AuditRecord[]>;
}

/** Characters of `details` as JSON, at most. */
export const longestDetails = 8000;
/** Characters of every other text of a record. */
export const longestName = 512;
