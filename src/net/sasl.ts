/**
 * The server's half of the SASL mechanisms that give us the password: PLAIN (RFC 4616) and LOGIN (never
 * standardised, asked for by many programs). Pure: lines in, steps out; the protocols only carry them
 * (RFC 4954 SMTP, RFC 5034 POP3, RFC 3501 IMAP).
 */
const mechanismNames = ["PLAIN", "LOGIN"] as const;
export type SaslMechanism = (typeof mechanismNames)[number];

/** Most octets a base64 line of an exchange may have; a protocol's own limit may be lower. */
export const saslLineLimit = 2048;

/** What the person says who they are. The password is octets, exactly as sent. */
export interface SaslCredentials {
  readonly name: string;
  readonly password: Uint8Array;
}

/** What to do next. `challenge` is base64, without the protocol's "+ " or "334 ". */
export type SaslStep =
  | { readonly step: "challenge"; readonly challenge: string }
  | { readonly step: "credentials"; readonly credentials: SaslCredentials }
  /** The client gave up with "*". */
  | { readonly step: "cancelled" }
  | { readonly step: "invalid"; readonly text: string };

/** The mechanism of that name, in any case; null if we have none such. */
export function saslMechanism(name: string): SaslMechanism | null {
  const upper = name.toUpperCase();
  return mechanismNames.find((mechanism) => mechanism === upper) ?? null;
}

/** One exchange, from AUTH to credentials. */
export class SaslExchange {
  readonly #mechanism: SaslMechanism;
  #name: string | null = null;

  constructor(mechanism: SaslMechanism) {
    this.#mechanism = mechanism;
  }

  /** @param initial the initial response as sent ("=" is an empty one); null if there was none */
  start(initial: Uint8Array | null): SaslStep {
    if (initial !== null) {
      const empty = initial.length === 1 && initial[0] === 0x3d;
      return this.#take(empty ? new Uint8Array(0) : decodeBase64(initial));
    }
    return this.#mechanism === "PLAIN" ? challenge("") : challenge("Username:");
  }

  /** @param line what the client answered, without its line end */
  respond(line: Uint8Array): SaslStep {
    if (line.length === 1 && line[0] === 0x2a) return { step: "cancelled" };
    return this.#take(decodeBase64(line));
  }

  #take(octets: Uint8Array | null): SaslStep {
    if (octets === null) return { step: "invalid", text: "Not base64." };
    if (this.#mechanism === "PLAIN") return decodePlain(octets);
    if (this.#name !== null) return credentials(this.#name, octets);
    const name = utf8(octets);
    if (name === null) return { step: "invalid", text: "The name is empty, too long or not UTF-8." };
    this.#name = name;
    return challenge("Password:");
  }
}

/** The message of PLAIN: `[authzid] NUL authcid NUL passwd` (RFC 4616 §2). Acting for another is not offered. */
export function decodePlain(message: Uint8Array): SaslStep {
  const first = message.indexOf(0);
  const second = message.indexOf(0, first + 1);
  if (first < 0 || second < 0) return { step: "invalid", text: "PLAIN wants two NULs." };
  const name = utf8(message.subarray(first + 1, second));
  if (name === null) return { step: "invalid", text: "The name is empty, too long or not UTF-8." };
  if (first > 0 && utf8(message.subarray(0, first)) !== name) {
    return { step: "invalid", text: "Acting for somebody else is not offered." };
  }
  return credentials(name, message.subarray(second + 1));
}

/** Base64 as RFC 4648 §4 wants it: padded, canonical, nothing else in it. Null if it is not. */
export function decodeBase64(line: Uint8Array): Uint8Array | null {
  if (line.length > saslLineLimit || line.length % 4 !== 0) return null;
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString("latin1");
  const octets = Buffer.from(text, "base64");
  return octets.toString("base64") === text ? octets : null;
}

function challenge(text: string): SaslStep {
  return { step: "challenge", challenge: Buffer.from(text).toString("base64") };
}

function credentials(name: string, password: Uint8Array): SaslStep {
  if (password.length === 0 || password.includes(0))
    return { step: "invalid", text: "The password is empty or has a NUL." };
  return { step: "credentials", credentials: { name, password } };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A name of 1 to 255 octets (RFC 4616 §2) without control characters; null if it is none. */
function utf8(octets: Uint8Array): string | null {
  if (octets.length === 0 || octets.length > 255) return null;
  try {
    const text = decoder.decode(octets);
    return /[\x00-\x1f\x7f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}
