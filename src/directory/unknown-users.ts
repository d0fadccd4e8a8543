/** The rule of a local domain for unknown users, as people write it on a command line or in a form. */
import { formatAddress, parseAddress } from "#mail/address";
import { formatPipe, parsePipe } from "#mail/pipe";
import type { UnknownUsers } from "./domain.ts";

/** `reject`, `defer`, `postmaster`, `forward ADDRESS` or a pipe; null when it is none of them. */
export function parseUnknownUsers(text: string): UnknownUsers | null {
  const words = text.trim();
  if (words === "reject" || words === "defer" || words === "postmaster") return { rule: words };
  const forward = /^forward\s+(\S+)$/.exec(words);
  if (forward?.[1]) {
    const address = parseAddress(forward[1]);
    return address && { rule: "forward", address: formatAddress(address) };
  }
  const pipe = parsePipe(words);
  return pipe && { rule: "pipe", pipe };
}

/** The rule as `parseUnknownUsers` reads it. */
export function formatUnknownUsers(rule: UnknownUsers): string {
  if (rule.rule === "forward") return `forward ${rule.address}`;
  return rule.rule === "pipe" ? formatPipe(rule.pipe) : rule.rule;
}
