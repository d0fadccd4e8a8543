const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The octets that base32 text without padding stands for (RFC 4648 §6). */
export function octetsOf(base32: string): Uint8Array {
  const bits = [...base32].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (octet) => Number.parseInt(octet, 2));
}
