/**
 * Old passwords at rest: AES-256-GCM under the migration's key, which lives apart from the database. The
 * address is bound in, so that a sealed password moved to another row does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const version = 1;
const ivOctets = 12;
const tagOctets = 16;
/** Passwords are padded to multiples of this, so that the row does not tell how long they are. */
const block = 64;
const lengthOctets = 2;
/** Octets of the longest password that can be sealed. */
export const longestPassword = 65_535;

/**
 * Seals a password. Throws RangeError when it is longer than `longestPassword`.
 * @param key 32 octets
 * @param address the mailbox's address as a key
 */
export function sealPassword(key: Uint8Array, address: string, password: Uint8Array): Uint8Array {
  if (password.length > longestPassword) throw new RangeError("the password is too long to be sealed");
  const padded = Buffer.alloc(Math.ceil((lengthOctets + password.length) / block) * block);
  padded.writeUInt16BE(password.length);
  padded.set(password, lengthOctets);
  const iv = randomBytes(ivOctets);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: tagOctets });
  cipher.setAAD(Buffer.from(address));
  const sealed = [cipher.update(padded), cipher.final()];
  padded.fill(0);
  return new Uint8Array(Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), ...sealed]));
}

/** Opens what `sealPassword` made; null when the key or the address is another one, or octets were changed. */
export function openPassword(key: Uint8Array, address: string, sealed: Uint8Array): Uint8Array | null {
  const start = 1 + ivOctets + tagOctets;
  if (sealed[0] !== version || sealed.length < start + block) return null;
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, 1 + ivOctets), {
    authTagLength: tagOctets,
  });
  decipher.setAAD(Buffer.from(address));
  decipher.setAuthTag(sealed.subarray(1 + ivOctets, start));
  try {
    const padded = Buffer.concat([decipher.update(sealed.subarray(start)), decipher.final()]);
    return new Uint8Array(padded.subarray(lengthOctets, lengthOctets + padded.readUInt16BE()));
  } catch {
    return null;
  }
}
