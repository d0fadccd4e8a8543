import { createHash } from "node:crypto";
import type { KnownFolder } from "./common-knowledge.ts";
import type { Random } from "./random.ts";

/** The name under which the octets of a whole message are told. */
export const wholeMessage = "BODY[]";

/** A message that no other equals. */
export function letter(random: Random, name: string): string {
  const subject = `${name}-${random.below(1e9).toString(36)}`;
  const lines = Array.from(
    { length: random.below(random.chance(0.1) ? 600 : 20) },
    (_, n) => `Line ${n} of ${subject}.`,
  );
  const isMixed = random.chance(0.3);
  const type = isMixed ? 'multipart/mixed; boundary="b"' : "text/plain; charset=us-ascii";
  const body = isMixed
    ? ["--b", "", ...lines, "--b", "Content-Type: text/html", "", `<p>${subject}</p>`, "--b--"]
    : lines;
  const head = [
    "From: anna@big-company.com",
    `Subject: ${subject}`,
    "MIME-Version: 1.0",
    `Content-Type: ${type}`,
  ];
  return [...head, "", ...body, ""].join("\r\n");
}

/** Remembers a message that was put into a folder, so that whatever is told of it must be true. */
export function remember(folder: KnownFolder, uid: number, octets: string): void {
  folder.fact(uid, wholeMessage, JSON.stringify(octets));
  folder.fact(uid, "RFC822.SIZE", String(octets.length));
}

/** A number that stands for a text, in messages. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
