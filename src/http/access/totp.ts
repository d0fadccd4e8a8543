/** Time-based one-time passwords (RFC 6238) as the usual programs make them: SHA-1, six digits, thirty seconds. */
import { createHmac } from "node:crypto";
import type { Random } from "./secret.ts";

/** Milliseconds. */
const stepLength = 30_000;
const digits = 6;
/** RFC 4226 §4: 160 bits. */
const secretOctets = 20;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A new secret. */
export function newTotpSecret(random: Random): Uint8Array {
  return random(secretOctets);
}

/** The code of a time step (RFC 4226 §5.3). */
export function codeOf(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/**
 * The time step that a code is of, one step early or late being good as well (RFC 6238 §5.2); null when it is of none.
 * @param now epoch milliseconds
 */
export function stepOf(secret: Uint8Array, code: string, now: number): number | null {
  const step = Math.floor(now / stepLength);
  // All are made, whichever fits: how long it takes tells nothing.
  const fitting = [step - 1, step, step + 1].filter((one) => codeOf(secret, one) === code);
  return fitting[0] ?? null;
}

/** A secret as people and programs take it (RFC 4648 §6), without padding. */
export function base32(octets: Uint8Array): string {
  const bits = [...octets].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
}

/** What a program reads the secret from. */
export function otpauthUrl(secret: Uint8Array, name: string, server: string): string {
  const label = `${encodeURIComponent("Mailferry")}:${encodeURIComponent(`${name} (${server})`)}`;
  return `otpauth://totp/${label}?${new URLSearchParams({ secret: base32(secret), issuer: "Mailferry" })}`;
}
