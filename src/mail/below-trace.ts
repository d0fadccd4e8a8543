/**
 * What a message is below the fields that servers put on top of it on its way: the part of it that is the same
 * wherever it passed through. Whatever stores write into it later (mail/settled-hash) is left out as well.
 */
import { isAscii } from "node:buffer";
import { createHash } from "node:crypto";
import { headerFields, headerSize } from "./header.ts";
import { SettledHash } from "./settled-hash.ts";

/** RFC 5321 §4.4, RFC 9228, RFC 8601, RFC 7208 §9.1, and what servers and filters add on top. */
const traceField =
  /^(?:return-path|received|received-spf|delivered-to|x-.*|envelope-to|delivery-date|authentication-results|arc-.*|status|content-length)$/i;
/** Only what whoever delivers or forwards a message writes on top of it; what filters and people add is its own. */
const forwardField =
  /^(?:return-path|received|received-spf|delivered-to|x-original-to|x-envelope-.*|envelope-to|delivery-date|authentication-results)$/i;
/** A longer header is taken as it is from here on. */
const longestHeader = 256 * 1024;

/** What was learnt of a message that has passed. */
export interface BelowTrace {
  /** Of everything below the trace, lower-case hex. */
  readonly sha256: string;
  /** Its header as it came. */
  readonly header: Uint8Array;
  /** Octets in all. */
  readonly size: number;
  /** Whether an octet is above 127. */
  readonly isEightBit: boolean;
}

/** Learns what lies below the trace from the octets of a message as they pass, in chunks of any size. */
export class BelowTraceReader {
  readonly #fields: RegExp;
  readonly #hash = createHash("sha256");
  readonly #settled = new SettledHash();
  #header: Buffer | null = Buffer.alloc(0);
  #own: Uint8Array = new Uint8Array(0);
  #size = 0;
  #isEightBit = false;

  /**
   * @param strictness "forward": only what a forward must change is left out, on top of the message; everything below
   * it counts octet for octet, also what stores write
   */
  constructor(strictness: "way" | "forward" = "way") {
    this.#fields = strictness === "way" ? traceField : forwardField;
  }

  write(chunk: Uint8Array): void {
    this.#size += chunk.length;
    this.#isEightBit ||= !isAscii(chunk);
    if (this.#header === null) {
      this.#digest(chunk);
      return;
    }
    this.#header = Buffer.concat([this.#header, chunk]);
    const isWhole = headerSize(this.#header) < this.#header.length;
    if (isWhole || this.#header.length >= longestHeader) this.#decide(this.#header);
  }

  /** The message is whole. To be called once. */
  finish(): BelowTrace {
    if (this.#header !== null) this.#decide(this.#header);
    const own = this.#hash.digest("hex");
    return {
      sha256: this.#fields === traceField ? (this.#settled.digest() ?? own) : own,
      header: this.#own,
      size: this.#size,
      isEightBit: this.#isEightBit,
    };
  }

  #decide(seen: Buffer): void {
    this.#header = null;
    this.#own = Uint8Array.from(seen.subarray(0, headerSize(seen)));
    this.#digest(seen.subarray(traceLength(this.#own, this.#fields)));
  }

  #digest(octets: Uint8Array): void {
    this.#hash.update(octets);
    if (this.#fields === traceField) this.#settled.write(octets);
  }
}

/** Of a message that is all in memory: the hash of everything below what a forward must change. */
export function forwardedSha256(octets: Uint8Array): string {
  const reader = new BelowTraceReader("forward");
  reader.write(octets);
  return reader.finish().sha256;
}

/** Fields of the last delivery (RFC 5321 §4.4, RFC 9228): whoever delivers next writes its own, or takes them for a loop. */
const deliveryField = /^(?:return-path|delivered-to|x-original-to|envelope-to|delivery-date)$/i;

/** Octets of the delivery fields that a message begins with, such as Return-Path. */
export function deliveryLength(beginning: Uint8Array): number {
  return traceLength(beginning, deliveryField);
}

/** How far the fields with such names reach from the top. */
function traceLength(header: Uint8Array, names: RegExp): number {
  let end = 0;
  for (const field of headerFields(header)) {
    if (field.start !== end || !names.test(field.name)) break;
    end = field.end;
  }
  return end;
}
