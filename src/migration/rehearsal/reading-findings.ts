/** What reading does to a maildrop: whether it takes messages away, or makes others of them. */
import type { MaildropFacts } from "./facts.ts";
import { type Finding, good, note } from "./finding.ts";

/** Of a maildrop that has messages. */
export function readingFindings(maildrop: MaildropFacts, mayRetrieve: boolean): readonly Finding[] {
  const { readMessage, rescuedTo, readsTheSame } = maildrop;
  if (readMessage === "gone") {
    const kept = rescuedTo === null ? "" : ` (its octets are kept: ${rescuedTo})`;
    return [
      {
        id: "reading-removes",
        level: "stop",
        people: [],
        seen: `the one message that was read is not there any more in the next session${kept}`,
        means:
          "The server takes away what POP3 reads: copying would empty the old maildrops, and there would be no way back.",
        do: 'Turn that off over there (such as "delete after retrieval", or "keep the copy in the inbox"), then rehearse again.',
      },
    ];
  }
  if (!mayRetrieve)
    return [
      note(
        "not-retrieved",
        "no message was retrieved, as asked",
        "Whether sizes are right, and whether reading takes messages away, is not known.",
        "Rehearse once with a test mailbox of which a few messages may be read.",
      ),
    ];
  const findings: Finding[] = [...rewriting(maildrop)];
  if (readMessage === "kept")
    findings.push(good("reading", "a message that was read is still there in the next session"));
  if (readsTheSame === false)
    findings.push(
      note(
        "reading-changes",
        "the same message reads otherwise the second time",
        "The server writes something into messages (a Status field, say), so that their octets prove less.",
        "Nothing: what is copied first counts. Turn it off over there if you can.",
      ),
    );
  return findings;
}

/** A server that writes into messages makes others of them, to whoever knows them by size and octets. */
function rewriting({ first, later, samples, settlesTheSame }: MaildropFacts): readonly Finding[] {
  const known =
    "Mailferry knows such a message again by what it is without these fields, under its unique-id: nobody finds it twice. But it is read once more, a message that was copied differs in exactly these fields from the one over there, and other programs than ours may download it again.";
  const makesOthers =
    "The server writes into messages, and not only what mail stores usually write (Status, X-UIDL). One that has another size and other octets than before is taken for another message: people would find it twice.";
  const means = settlesTheSame === true ? known : makesOthers;
  const todo =
    settlesTheSame === true
      ? "Turn it off over there if you can. Otherwise go on as it is: one more sweep reads the messages that were written into."
      : "Turn that off over there if you can. Otherwise let each old maildrop be read as a whole before its owner first logs in here, and rehearse with one that was never read.";
  const sizes = new Map(first.entries.map(({ uidl, size }) => [uidl, size]));
  const resized = later.seen
    ? later.listing.entries.filter(
        ({ uidl, size }) => uidl !== null && sizes.has(uidl) && sizes.get(uidl) !== size,
      )
    : [];
  const counts = new Set(first.entries.map(({ uidl }) => uidl));
  if (resized.length > 0 && counts.size === first.entries.length) {
    const seen = `${resized.length} messages have another size in the second session, under the same unique-id`;
    return [
      {
        id: "messages-rewritten",
        level: settlesTheSame === true ? "option" : "stop",
        people: [],
        seen,
        means,
        do: todo,
      },
    ];
  }
  if (!samples.some(({ retrieved }) => retrieved && "octets" in retrieved && retrieved.storeFields))
    return [];
  const seen = "messages carry fields that their mail store wrote (Status, X-UIDL or the like)";
  return [
    {
      id: "store-fields",
      level: "option",
      people: [],
      seen,
      means: `If it still does: ${lower(means)}`,
      do: todo,
    },
  ];
}

const lower = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
