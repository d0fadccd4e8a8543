import { createHash } from "node:crypto";

const field = /^(?:X-UIDL|X-IMAPbase|X-UID|Status):.*\r?\n(?:[ \t].*\r?\n)*/gim;

/** A message without the four fields that GNU mailutils writes into messages by itself; else octet for octet. */
export function withoutStoreFields(content: Buffer): Buffer {
  const text = content.toString("latin1");
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  // The line end before the empty line belongs to the last field.
  const header = `${text.slice(0, end)}\n`.replace(field, "").replace(/\n$/, "");
  return Buffer.from(header + text.slice(end), "latin1");
}

/** SHA-256 in hexadecimal. */
export function contentHash(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
