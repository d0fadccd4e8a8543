/** What domain administrators may do: what is listed here, for their own domains, and nothing else. */
import { parseAddress } from "#mail/address";
import type { Administrator } from "./administrator.ts";

/** A request, as far as its permission depends on it. */
export interface Asked {
  readonly method: string;
  /** Decoded segments after `/api`. */
  readonly path: readonly string[];
  /** The JSON body, undefined if there is none. */
  readonly body: unknown;
}

/**
 * `:domain` and `:address` stand for one segment that must be of an own domain, `:self` for one's own name, `:any` for
 * whatever there is; `body` means the body's address.
 */
const permitted: readonly (readonly [method: string, path: string, subject: "path" | "body"])[] = [
  ["GET", "events", "path"],
  ["GET", "account/totp", "path"],
  ["POST", "account/totp", "path"],
  ["PUT", "account/totp", "path"],
  ["POST", "account/totp/off", "path"],
  ["PUT", "account/password", "path"],
  ["GET", "administrators/:self/keys", "path"],
  ["POST", "administrators/:self/tokens", "path"],
  ["DELETE", "administrators/:self/keys/:any", "path"],
  ["GET", "domains/:domain", "path"],
  ["GET", "domains/:domain/mailboxes", "path"],
  ["GET", "domains/:domain/aliases", "path"],
  ["GET", "domains/:domain/dns-records", "path"],
  ["GET", "domains/:domain/logins", "path"],
  ["POST", "mailboxes", "body"],
  ["GET", "mailboxes/:address", "path"],
  ["PUT", "mailboxes/:address/password", "path"],
  ["GET", "mailboxes/:address/aliases", "path"],
  ["GET", "aliases/:address", "path"],
  ["POST", "aliases", "body"],
  ["DELETE", "aliases/:address", "path"],
  ["GET", "migrations/:domain", "path"],
  ["GET", "migrations/:domain/summary", "path"],
  ["GET", "mailboxes/:address/ledger", "path"],
  ["GET", "migrations/:domain/missing", "path"],
  ["GET", "domains/:domain/roster", "path"],
  ["GET", "migrations/:domain/people", "path"],
  ["GET", "migrations/:domain/cutover/plan", "path"],
  ["GET", "migrations/:domain/report", "path"],
  ["GET", "migrations/:domain/certificates", "path"],
  ["POST", "migrations/:domain/check", "path"],
  ["GET", "migrations/:domain/check", "path"],
];

/** Whether this administrator may ask for that. */
export function isPermitted(administrator: Administrator, asked: Asked): boolean {
  if (administrator.role === "administrator") return true;
  return permitted.some(([method, path, subject]) => {
    if (method !== asked.method) return false;
    const segments = path.split("/");
    if (segments.length !== asked.path.length) return false;
    const fits = segments.every((segment, at) => segmentFits(segment, asked.path[at] ?? "", administrator));
    return fits && (subject === "path" || isOwnAddress(addressIn(asked.body), administrator));
  });
}

/** Only what is written exactly as we write it is own: whoever reads it after us then sees the same domain. */
function segmentFits(segment: string, text: string, administrator: Administrator): boolean {
  if (segment === ":domain") return administrator.domains.includes(text);
  if (segment === ":address") return isOwnAddress(text, administrator);
  if (segment === ":self") return text === administrator.name;
  if (segment === ":any") return text !== "";
  return segment === text;
}

function isOwnAddress(text: string, { domains }: Administrator): boolean {
  return parseAddress(text) !== null && domains.includes(text.slice(text.lastIndexOf("@") + 1));
}

function addressIn(body: unknown): string {
  if (typeof body !== "object" || body === null || !("address" in body)) return "";
  return typeof body.address === "string" ? body.address : "";
}
