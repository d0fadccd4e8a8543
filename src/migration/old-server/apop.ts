/** APOP (RFC 1939 §7): the way into servers that know no other. It hides the password a little, and proves no server. */
import { createHash } from "node:crypto";
import type { Pop3Reply } from "#clients/pop3-replies";

/**
 * The command that answers the greeting's timestamp, which is looked for anywhere in its text.
 * @returns null where the greeting has none
 */
export function apopCommand(greeting: string, name: string, password: Uint8Array): string | null {
  const timestamp = /<[^<>\s]+@[^<>\s]+>/.exec(greeting)?.[0];
  if (timestamp === undefined) return null;
  const digest = createHash("md5").update(timestamp, "latin1").update(password).digest("hex");
  return `APOP ${name} ${digest}`;
}

/** Whether a login was refused as a way in, whatever the password. */
export function refusesMechanism({ ok, code, text }: Pop3Reply): boolean {
  if (ok || code === "AUTH") return false;
  return /\b(?:unknown|unrecognized|unsupported|invalid) command|not (?:supported|implemented)|\buse apop\b/i.test(
    text,
  );
}
