import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** So many random octets. */
export type Random = (octets: number) => Uint8Array;

/** A new secret: 256 random bits, as text that stands in a cookie or a header. */
export function newSecret(random: Random): string {
  return Buffer.from(random(32)).toString("base64url");
}

/** What is kept of a secret. It needs no slow hash: nobody guesses 256 bits. */
export function secretHash(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

/**
 * What a page must show with each change, beside the cookie that a browser sends by itself: another site's page
 * can make the browser send the cookie, but cannot read this.
 */
export function csrfToken(secret: string): string {
  return createHmac("sha256", secret).update("mailferry csrf").digest("base64url");
}

/** Compares in a time that does not tell where they differ. */
export function isSame(one: string, other: string): boolean {
  const [left, right] = [secretHash(one), secretHash(other)];
  return timingSafeEqual(left, right);
}
