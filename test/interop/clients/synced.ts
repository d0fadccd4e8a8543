// A program's own copy of two folders, and what its user does to it without a connection. What counts of a message
// is its content and its flags.
import { createHash } from "node:crypto";

/** The folders that are kept in step. */
export const FOLDERS = ["INBOX", "Archive"] as const;
export type FolderName = (typeof FOLDERS)[number];

/** A message as one side has it. */
export interface Held {
  readonly octets: Buffer;
  readonly flags: readonly string[];
}

/** Both folders of one side. */
export type Side = Readonly<Record<FolderName, readonly Held[]>>;

/** A program with a copy of its own. Messages are named by their subject, which no two share. */
export interface SyncProgram {
  /** Connects, and makes both sides equal. */
  sync(): Promise<void>;
  /** What its own copy holds. */
  held(): Promise<Side>;
  /** What its user does offline. */
  remove(subject: string): Promise<void>;
  moveToArchive(subject: string): Promise<void>;
  star(subject: string): Promise<void>;
  write(message: Buffer): Promise<void>;
}

/** A side in words that can be compared: "subject, octets' hash, flags", in order. */
export function described(side: Side): Record<FolderName, string[]> {
  const lines = (held: readonly Held[]) =>
    held.map(({ octets, flags }) => describedMessage(octets, flags)).sort();
  return { INBOX: lines(side.INBOX), Archive: lines(side.Archive) };
}

/** One message in these words. Header fields that sync programs add for themselves do not count. */
export function describedMessage(octets: Buffer, flags: readonly string[]): string {
  const text = octets
    .toString("latin1")
    .replace(/^(?:X-TUID|X-OfflineIMAP|Content-Length|Lines): .*\r\n/gm, "");
  const hash = createHash("sha256").update(text, "latin1").digest("hex").slice(0, 16);
  return [subjectOf(octets), hash, ...[...flags].sort()].join(" ");
}

/** The subject of a message. */
export function subjectOf(octets: Buffer): string {
  return /^Subject: (.*?)\r?$/m.exec(octets.toString("latin1"))?.[1] ?? "";
}
