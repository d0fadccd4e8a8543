/**
 * Whether what answers under a person's name is still the account that it was: a name may lead to another server, and
 * be given to another person. A listing that shows none of many known messages is not believed without a look at
 * contents. Pure.
 */
import type { LedgerRow } from "../ledger.ts";
import type { OldServerFacts } from "../proof/certificate.ts";
import { type Identified, nameOf } from "./listing.ts";
import type { Comparison } from "./plan.ts";

/** Fewer known messages than this may well be gone at once, with new ones come; where the server seems another one, so many. */
const fewest = 5;
const fewestElsewhere = 2;
/** Sizes that are multiples of this, 0 too, are rounded by the server and tell nothing. */
const rounded = 1024;

/** What a listing is held against. */
export interface KnownAccount {
  /** All of its messages that were ever seen. */
  readonly rows: readonly LedgerRow[];
  readonly comparison: Comparison;
  /** The server is known to take away what was read: copied messages are gone as a matter of course. */
  readonly losesCopied: boolean;
  /** The server says otherwise of itself than before. */
  readonly isServerOther: boolean;
}

/** How many known messages are listed no more, where none of them is and that is suspicious; 0 where it is not. */
export function nothingShared(listed: readonly Identified[], account: KnownAccount): number {
  const { rows, comparison, losesCopied, isServerOther } = account;
  if (listed.length === 0 || comparison.paired.length > 0) return 0;
  const known = rows.filter(
    (row) =>
      row.missingSince === null && (row.state === "remote" || (row.state === "copied" && !losesCopied)),
  );
  const names = new Set(known.filter(({ uidl }) => uidl !== "").map(nameOf));
  if (listed.some((one) => names.has(nameOf(one)))) return 0;
  if (known.length < (isServerOther ? fewestElsewhere : fewest)) return 0;
  const sizes = new Set(known.map(({ size }) => size));
  const alike = listed.filter(({ size }) => sizes.has(size)).length;
  const tellsSizes = [...sizes].some((size) => size % rounded !== 0);
  if (tellsSizes && alike >= listed.length / 2) return 0;
  // Nothing was copied whose content could be looked for.
  const isUidlKnown = (uidl: string): boolean => uidl !== "" && known.some((row) => row.uidl === uidl);
  const hasContents = known.some(({ sha256 }) => sha256 !== null);
  if (!hasContents && listed.some(({ uidl }) => isUidlKnown(uidl))) return 0;
  return known.length;
}

/** Those whose contents are looked at, the most probably known ones first. */
export function sampleOf(
  listed: readonly Identified[],
  rows: readonly LedgerRow[],
  most: number,
): readonly Identified[] {
  const copied = rows.filter(({ sha256 }) => sha256 !== null);
  const sizes = new Set(copied.map(({ size }) => size));
  const uidls = new Set(copied.map(({ uidl }) => uidl).filter((uidl) => uidl !== ""));
  const rank = ({ size, uidl }: Identified): number => (uidls.has(uidl) ? 0 : sizes.has(size) ? 1 : 2);
  return listed.toSorted((one, other) => rank(one) - rank(other)).slice(0, most);
}

/** Whether a server seems another one: another certificate, or, in clear text, another greeting. */
export function isOtherServer(before: OldServerFacts | null, now: OldServerFacts | null): boolean {
  if (!before || !now) return false;
  if (before.fingerprint !== null && now.fingerprint !== null) return before.fingerprint !== now.fingerprint;
  if (before.greeting === null || now.greeting === null) return false;
  return lasting(before.greeting) !== lasting(now.greeting);
}

/** A greeting without what changes with each connection: timestamps (RFC 1939 §7), numbers. */
function lasting(greeting: string): string {
  return greeting.replace(/<[^>]*>/g, "").replace(/[0-9a-f]*\d[0-9a-f]*/gi, "");
}
