import type { Address } from "./address.ts";
import { domainKey, formatAddress, parseAddress } from "./address.ts";

/**
 * `ADDRESS|ROUTE`, for instance `*@big-company.com|big-company.old`: keep the recipient ADDRESS (`*` = the same
 * local part) and deliver it through the remote domain ROUTE.
 */
export interface Pipe {
  readonly localPart: string | "*";
  readonly domain: string;
  readonly route: string;
}

/** Reads a pipe as the administrator writes it; null if it is none. */
export function parsePipe(text: string): Pipe | null {
  // The last bar: a local part may contain one, a domain name may not.
  const bar = text.lastIndexOf("|");
  if (bar === -1) return null;
  const address = parseAddress(text.slice(0, bar).trim());
  const route = domainKey(text.slice(bar + 1).trim());
  return address === null || route === null ? null : { ...address, route };
}

/** The pipe as the administrator writes it. */
export function formatPipe(pipe: Pipe): string {
  return `${formatAddress(pipe)}|${pipe.route}`;
}

/** The recipient the pipe's route is given for `recipient`. */
export function pipedAddress(pipe: Pipe, recipient: Address): Address {
  return { localPart: pipe.localPart === "*" ? recipient.localPart : pipe.localPart, domain: pipe.domain };
}
