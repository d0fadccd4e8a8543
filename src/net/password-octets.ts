/**
 * The same password in another encoding. Programs send Latin-1 by one mechanism and UTF-8 by another for one
 * password that a person typed; octets that are wrong may be right in the other form.
 */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 as Latin-1, or Latin-1 as UTF-8; null for ASCII, which is both, and for what has no other form. */
export function otherEncoding(password: Uint8Array): Uint8Array | null {
  if (password.every((octet) => octet < 0x80)) return null;
  let text: string;
  try {
    text = utf8.decode(password);
  } catch {
    return Buffer.from(Buffer.from(password).toString("latin1"), "utf8");
  }
  return /[^\x00-\xff]/.test(text) ? null : Buffer.from(text, "latin1");
}
