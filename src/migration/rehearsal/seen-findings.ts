/** Servers that mark what POP3 reads as seen: watched by IMAP, or known by what they say of themselves. */
import { seenMarkerOf } from "../old-server/seen-markers.ts";
import type { Facts, SeenMarks } from "./facts.ts";
import { type Finding, good, note } from "./finding.ts";

/** What is known of the whole server. */
export function seenFindings(facts: Facts): readonly Finding[] {
  const { reach, people, mayRetrieve } = facts;
  const looks = people.flatMap(({ address, maildrop }) =>
    maildrop?.seenMarks ? [{ address, marks: maildrop.seenMarks }] : [],
  );
  const told = looks.flatMap(({ address, marks }) =>
    marks.outcome === "told" && marks.unseen > 0 ? [{ address, ...marks }] : [],
  );
  const marked = told.filter((one) => one.marked > 0);
  const server = seenMarkerOf(saidOfItself(facts));
  if (marked.length > 0) {
    const sum = (figure: "unseen" | "marked"): number => marked.reduce((all, one) => all + one[figure], 0);
    const found = note(
      "marks-seen",
      `of ${sum("unseen")} unread messages that POP3 read, IMAP shows ${sum("marked")} as seen since`,
      "Reading marks mail as seen there: what is copied looks read to those who look there by IMAP or webmail. The few that this rehearsal read are marked now.",
      server?.do ?? "If that matters, look over there for a setting of POP3. Nothing is lost otherwise.",
    );
    return [{ ...found, people: marked.map(({ address }) => address) }];
  }
  if (told.length > 0) {
    const found = good("reading-unmarked", "what POP3 read is still unread for those who look by IMAP");
    return [{ ...found, people: told.map(({ address }) => address) }];
  }
  const unknown = looks.flatMap(({ marks }) => (marks.outcome === "unknown" ? [marks] : []));
  if (!server) return mayRetrieve ? notSeen(unknown) : [];
  const [first] = unknown;
  const hasRead = people.some(({ maildrop }) =>
    maildrop?.samples.some(({ retrieved }) => retrieved !== null),
  );
  const done = hasRead ? " So the few that this rehearsal read are marked now." : "";
  return [
    note(
      "marks-seen",
      `the server is ${server.name}: "${reach.greeting}"${first ? ` (not looked at: ${first.why})` : ""}`,
      `${server.unless} marks what POP3 reads as seen, for those who look by IMAP or webmail.${done}`,
      server.do,
    ),
  ];
}

/** There is IMAP, and it did not tell. */
function notSeen(
  unknown: readonly Extract<SeenMarks, { readonly outcome: "unknown" }>[],
): readonly Finding[] {
  const there = unknown.find(({ isThere }) => isThere);
  if (!there) return [];
  return [
    note(
      "seen-unknown",
      there.why,
      "Whether reading marks mail as seen over there is not known.",
      "If that matters, rehearse with a test login that has unread messages, at least three.",
    ),
  ];
}

/** Everything the server says of itself. */
export function saidOfItself({ reach, people }: Facts): string {
  const later = people.flatMap(({ maildrop }) => maildrop?.capabilities ?? []);
  return [reach.greeting, ...reach.capabilities, ...later].join("\n");
}
