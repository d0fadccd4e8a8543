/** What a report says in words, for every form that people read. */

import type { MessageHeading } from "#mail/message-heading";
import { seenMarkerOf } from "../old-server/seen-markers.ts";
import type { MailboxProof } from "./certificate.ts";
import type { Counts } from "./counts.ts";
import { escaped } from "./leaf-line.ts";
import type { Report, ReportHead, ReportMessage } from "./report.ts";
import { waiting } from "./verdict.ts";

/** The result in one sentence, and whether it is good, bad or open. */
export function resultOf({ certificate, givenUp }: ReportHead): {
  readonly kind: "closes" | "open" | "unfinished";
  readonly text: string;
} {
  if (!certificate) {
    return {
      kind: "unfinished",
      text: "Not finished. This is what the ledger knows now; only a certificate, which compares it with a fresh listing of the old server, proves anything.",
    };
  }
  if (certificate.closes && givenUp.length > 0) {
    return {
      kind: "closes",
      text: "The sum closes but for what was given up by name, as told below: every other message of the old server is here, was deleted here by its owner, or was skipped for the reason told.",
    };
  }
  if (certificate.closes) {
    return {
      kind: "closes",
      text: "The sum closes: every message of the old server is here, was deleted here by its owner, or was skipped for the reason told.",
    };
  }
  return {
    kind: "open",
    text: "The sum does not close: messages of the old server are unaccounted for. They are named below.",
  };
}

/** What stands at the top, as names and values. */
export function factsOf({
  domain,
  software,
  oldServer,
  facts,
  startedAt,
  madeAt,
  certificate,
}: ReportHead): readonly (readonly [string, string])[] {
  const marker = facts.greeting === null ? null : seenMarkerOf(facts.greeting);
  const rows: (readonly [string, string | null])[] = [
    ["Domain", domain],
    ["Old server", oldServer && `${oldServer.url} (TLS: ${oldServer.tls})`],
    ["Its greeting", facts.greeting],
    ["Reading there", marker && `${marker.unless} marks what POP3 reads as seen.`],
    ["Its certificate (SHA-256)", facts.fingerprint],
    ["Migration begun", startedAt === null ? null : timeOf(startedAt)],
    ["Certificate", certificate && `number ${certificate.id}`],
    ["Compared", certificate && `${timeOf(certificate.begunAt)} to ${timeOf(certificate.endedAt)}`],
    ["State of", certificate ? null : timeOf(madeAt)],
    ["Root hash", certificate?.root ?? null],
    ["Made by", software],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[name, printable(value)] as const]));
}

/** The columns of a summary: their titles, and a mailbox or a total in them. */
export const columns: readonly { readonly title: string; readonly of: (counts: Counts) => string }[] = [
  { title: "On old server", of: ({ listed }) => String(listed.messages) },
  { title: "Here", of: ({ here }) => String(here.messages) },
  {
    title: "Deleted here",
    of: ({ deletedAfterCopy, deletedBeforeCopy }) =>
      String(deletedAfterCopy.messages + deletedBeforeCopy.messages),
  },
  { title: "Skipped", of: ({ skipped }) => String(skipped.messages) },
  { title: "Unaccounted", of: ({ unaccounted, vanished }) => String(unaccounted.messages + vanished) },
  { title: "Gone there", of: ({ goneAfterCopy, goneBeforeCopy }) => String(goneAfterCopy + goneBeforeCopy) },
  { title: "Came here", of: ({ cameHere }) => String(cameHere) },
  { title: "Octets listed", of: ({ listed }) => String(listed.listedOctets) },
  { title: "Octets here", of: ({ here }) => String(here.octets) },
];

/** What the columns mean that do not speak for themselves. */
export const explanations: readonly string[] = [
  "On old server = Here + Deleted here + Skipped + Unaccounted. Gone there and Came here are outside the sum.",
  "Deleted here: the owner deleted it here, before or after it was copied; it is not brought back.",
  "Gone there: the old server does not list it any more. What was copied before stays here.",
  "Came here: delivered or appended here; the old server never had it, or not for this mailbox.",
];

/** What to do about what is unaccounted for. */
export function adviceFor(domain: string): string {
  return `Check mailboxes of ${domain} once more. What the old server never gives can be given up by name.`;
}

/** A mailbox in a word or two. */
export function stateOf({ address, closes }: MailboxProof, { certificate, givenUp }: ReportHead): string {
  if (!certificate) return closes ? "ok so far" : "on the way";
  if (closes) return "closes";
  return givenUp.some((given) => given.address === address) ? "given up" : "does not close";
}

/** Most messages that are named for each mailbox. */
export const mostNamed = 1000;

/** A message that is named: it was not taken, is not accounted for, or is not listed any more. */
export interface Named {
  readonly what: "skipped" | "unaccounted" | "gone there";
  readonly uidl: string;
  readonly size: number;
  readonly reason: string;
  /** What it says of itself: fit to be shown, whoever wrote it. Null where that is not known. */
  readonly heading: MessageHeading | null;
}

/** Whether there may be messages to be named. */
export function mayHaveNames(counts: Counts): boolean {
  const { skipped, unaccounted, goneAfterCopy, goneBeforeCopy, vanished } = counts;
  return skipped.messages + unaccounted.messages + goneAfterCopy + goneBeforeCopy + vanished > 0;
}

/** The messages of a mailbox that are to be named, at most so many, and how many were left out. */
export async function namedOf(
  report: Report,
  { address, counts }: MailboxProof,
): Promise<{ readonly named: readonly Named[]; readonly leftOut: number }> {
  const named: Named[] = [];
  let leftOut = 0;
  if (!mayHaveNames(counts)) return { named, leftOut };
  for await (const message of report.messages(address)) {
    const one = nameFor(message, report.head);
    if (!one) continue;
    if (named.length < mostNamed) named.push(one);
    else leftOut++;
  }
  return { named, leftOut };
}

function nameFor({ leaf, goneSince, heading }: ReportMessage, { certificate }: ReportHead): Named | null {
  const { class: kind, reason, sha256 } = leaf.verdict;
  const uidl = leaf.uidl === "" ? "(no unique-id)" : escaped(leaf.uidl, "latin1");
  const { size } = leaf;
  if (goneSince !== null) {
    const since = `not listed since ${timeOf(goneSince)}`;
    if (kind === "unaccounted")
      return { what: "unaccounted", uidl, size, heading, reason: `${since}, and not copied` };
    const why = reason ?? (sha256 === null ? "deleted here before it was copied" : "copied before");
    return { what: "gone there", uidl, size, heading, reason: printable(`${since}: ${why}`) };
  }
  if (kind === "here" || kind === "deleted") return null;
  // While the move goes on, what merely has not had its turn is counted and not named.
  if (!certificate && reason === waiting) return null;
  return { what: kind, uidl, size, heading, reason: printable(reason ?? "") };
}

/** "2025-06-01 09:00:00 UTC". */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
}

/** What others have written, without what a terminal or a page would obey: controls, and marks of direction. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, "�");
}
