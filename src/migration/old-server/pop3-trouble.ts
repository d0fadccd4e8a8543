/**
 * What a POP3 server's "no" means (failure catalogue: busy is not a bad password). Only an answer that
 * speaks of the password is "bad"; a lock, a delay, a limit or a defect of the server is "can't tell".
 */

import { Pop3ProtocolError, Pop3TurnedAway } from "#clients/pop3-client";
import type { Pop3Reply } from "#clients/pop3-replies";
import { StoreUnavailable } from "#mailbox/content";
import { TlsTrouble } from "#net/tls";
import { WireClosed } from "#net/wire";
import type { Trouble } from "./old-server.ts";

const codes = new Map<string, Trouble | "bad">([
  ["AUTH", "bad"],
  ["IN-USE", "locked"],
  ["LOGIN-DELAY", "login-delay"],
  ["SYS/TEMP", "down"],
  ["SYS/PERM", "down"],
]);

/** Words of servers without response codes, most telling first. */
const words: readonly (readonly [RegExp, Trouble])[] = [
  [
    /lock|in use|busy|another (?:pop|session|process|connection)|already (?:logged|open|connected)|re-authentication failure/i,
    "locked",
  ],
  [/login.?delay|minimum.*(?:interval|between)|too (?:often|soon|frequent)|wait\b/i, "login-delay"],
  [/too many|limit|exceeded|throttl|rate|maximum (?:number|connections)/i, "throttled"],
  [
    /(?:ssl|tls|encrypt|secure connection|plaintext|clear.?text).*(?:require|must|need|disallow|not allow|disabled)|(?:require|must|need).*(?:ssl|tls|encrypt)/i,
    "tls",
  ],
  [
    /tempor|unavailable|try (?:again|later)|later|internal|server error|system|timed? ?out|i\/o|disk|not available|shutting/i,
    "down",
  ],
];

/** Services that want an app password, or another way in (RFC 7628), also say so with [AUTH]. */
const noPasswords =
  /app(?:lication)?[- ]specific|app password|basic auth|oauth|web ?login required|2fa|two.factor/i;

/** The meaning of an -ERR to a login: the person's password, or trouble that is not theirs. */
export function troubleOfRefusal(reply: Pop3Reply): Trouble | "bad" {
  if (noPasswords.test(reply.text)) return "no-passwords";
  const byCode = reply.code === null ? undefined : codes.get(reply.code);
  if (byCode) return byCode;
  return words.find(([pattern]) => pattern.test(reply.text))?.[1] ?? "bad";
}

/** The meaning of a connection that could not be made or did not hold. */
export function troubleOfError(error: unknown): { readonly trouble: Trouble; readonly reason: string } {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof StoreUnavailable) return { trouble: "down", reason: `our own store: ${reason}` };
  if (error instanceof WireClosed) {
    const trouble =
      error.reason === "timeout" ? "timeout" : error.reason === "too-long" ? "protocol" : "dropped";
    return { trouble, reason: `the old server: ${reason}` };
  }
  if (error instanceof Pop3TurnedAway) {
    return { trouble: "turned-away", reason: `the old server: ${reason}` };
  }
  if (error instanceof Pop3ProtocolError) return { trouble: "protocol", reason: `the old server: ${reason}` };
  if (error instanceof TlsTrouble) return { trouble: "tls", reason };
  return { trouble: "down", reason: `the old server cannot be reached: ${reason}` };
}
