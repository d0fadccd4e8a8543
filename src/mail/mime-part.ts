import type { ImapEnvelope } from "./imap-envelope.ts";

/** Octets `start` up to but not including `end` of the message. */
export interface OctetRange {
  readonly start: number;
  readonly end: number;
}

/** A parameter: its name as written, its value without quoting; RFC 2231 pieces joined, not decoded. */
export type Parameter = readonly [name: string, value: string];

/**
 * One part of the MIME tree (RFC 2046), with where its octets are. Strings are raw octets as code points 0-255
 * (latin1), unfolded and not decoded; null means the field is absent.
 */
export interface MimePart {
  /** With the empty line that ends it. */
  readonly header: OctetRange;
  /** Without the line end that belongs to a following delimiter line. */
  readonly body: OctetRange;
  /** Line feeds in the body. */
  readonly lines: number;
  /** As written: compare without case. `text` if the part does not say. */
  readonly type: string;
  readonly subtype: string;
  readonly parameters: readonly Parameter[];
  readonly id: string | null;
  readonly description: string | null;
  /** Content-Transfer-Encoding as written. */
  readonly encoding: string | null;
  readonly md5: string | null;
  readonly disposition: { readonly type: string; readonly parameters: readonly Parameter[] } | null;
  readonly language: readonly string[] | null;
  readonly location: string | null;
  /** Of a multipart; empty for every other type. */
  readonly parts: readonly MimePart[];
  /** Of a message/rfc822: the message inside, whose structure covers this part's body. */
  readonly message: { readonly envelope: ImapEnvelope; readonly structure: MimePart } | null;
}
