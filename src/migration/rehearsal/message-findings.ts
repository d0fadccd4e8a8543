/** What the messages that were looked at mean. */
import type { Facts, MaildropFacts, RetrievedFacts, SampleFacts } from "./facts.ts";
import { type Finding, good, note } from "./finding.ts";
import { readingFindings } from "./reading-findings.ts";
import { saidOfItself, seenFindings } from "./seen-findings.ts";

/** Of every maildrop that has messages. */
export function messageFindings(facts: Facts): readonly Finding[] {
  const findings = facts.people.flatMap(({ address, maildrop }) =>
    maildrop && maildrop.first.entries.length > 0
      ? [
          ...readingFindings(maildrop, facts.mayRetrieve),
          ...topFindings(maildrop),
          ...octetFindings(maildrop.samples),
          ...pipeliningFindings(maildrop),
        ].map((finding) => ({ ...finding, people: [address] }))
      : [],
  );
  return [...findings, ...seenFindings(facts), ...knownServer(facts)];
}

function topFindings({ samples }: MaildropFacts): readonly Finding[] {
  const tops = new Set(samples.map(({ top }) => top));
  const means = "Dates and subjects of old mail show in IMAP only once the messages are copied.";
  if (tops.has("broken"))
    return [
      note(
        "top-broken",
        "TOP is answered wrongly: what follows its answer is not one",
        means,
        "Nothing: Mailferry copies by RETR alone.",
      ),
    ];
  if (tops.has("differs"))
    return [
      note(
        "top-differs",
        "TOP gives another header than RETR",
        means,
        "Nothing: Mailferry copies by RETR alone.",
      ),
    ];
  if (tops.has("refused"))
    return [note("top-refused", "TOP is refused", means, "Nothing: Mailferry copies by RETR alone.")];
  return tops.has("sound") ? [good("top", "TOP gives the header as RETR does")] : [];
}

/** What cannot be had as a whole, and what is odd in what came. */
function octetFindings(samples: readonly SampleFacts[]): readonly Finding[] {
  const findings: Finding[] = [];
  const came = samples.flatMap(({ number, size, retrieved }) =>
    retrieved && "octets" in retrieved ? [{ number, size, ...retrieved }] : [],
  );
  const failed = samples.flatMap(({ number, retrieved }) =>
    retrieved && "refused" in retrieved
      ? `message ${number}: "${retrieved.refused}"`
      : retrieved && "broken" in retrieved
        ? `message ${number}: ${retrieved.broken}`
        : [],
  );
  if (failed.length > 0)
    findings.push({
      id: "retrieval-fails",
      level: came.length === 0 ? "stop" : "note",
      people: [],
      seen: `${failed.length} of ${samples.length} messages could not be had: ${failed.join("; ")}`,
      means:
        came.length === 0
          ? "No message that was tried can be copied."
          : "Such messages are tried again, and named in the report if they never come.",
      do:
        came.length === 0
          ? "Mend POP3 on the old server: see its log for these messages, then rehearse again."
          : "Read them over there by webmail; what even that cannot show is not lost by the move.",
    });
  findings.push(...sizeFindings(came), ...oddities(came));
  return findings;
}

type Came = RetrievedFacts & { readonly number: number; readonly size: number | null };

function sizeFindings(came: readonly Came[]): readonly Finding[] {
  const wrong = came.filter(({ size, octets }) => size !== octets);
  const [example] = wrong;
  if (came.length === 0) return [];
  if (!example) return [good("sizes", "sizes are exact, as far as they were looked at")];
  return [
    note(
      "sizes-wrong",
      `${wrong.length} of ${came.length} sizes are not what comes: message ${example.number} is stated as ${example.size ?? "nothing"} and has ${example.octets} octets`,
      "Figures of progress are estimates, and IMAP shows a size only once the message is copied.",
      "Nothing: the end of a message is its terminator, and sizes are only hints.",
    ),
  ];
}

function oddities(came: readonly Came[]): readonly Finding[] {
  const findings: Finding[] = [];
  if (came.some(({ undoubledDot }) => undoubledDot))
    findings.push({
      id: "dots-not-doubled",
      level: "option",
      people: [],
      seen: "a line that begins with a dot came without the second dot that POP3 wants",
      means: "Every POP3 program loses such dots, and a line with a lone dot cuts the message there.",
      do: "Update POP3 on the old server before you begin; otherwise such lines arrive as every program sees them.",
    });
  if (came.some(({ oddEnd }) => oddEnd))
    findings.push(
      note(
        "odd-end",
        "messages do not end with CRLF, a dot, CRLF",
        "Some programs wait for ever there.",
        "Nothing: Mailferry takes the usual wrong ends.",
      ),
    );
  const odd = [
    ["line ends without CR", came.some(({ bareLf }) => bareLf)],
    ["octets of 0", came.some(({ nul }) => nul)],
    ["headers beyond ASCII", came.some(({ eightBitHeader }) => eightBitHeader)],
    ['a first line "From …"', came.some(({ fromLine }) => fromLine)],
  ].flatMap(([what, is]) => (is === true ? String(what) : []));
  if (odd.length > 0)
    findings.push(
      note(
        "odd-octets",
        `among the messages: ${odd.join(", ")}`,
        "They are not as the standard has it, and are kept octet for octet.",
        "Nothing.",
      ),
    );
  return findings;
}

function pipeliningFindings({ pipelining }: MaildropFacts): readonly Finding[] {
  switch (pipelining) {
    case "sound":
      return [good("pipelining", "commands may be sent ahead: copying is quicker")];
    case "not-offered":
      return [good("pipelining", "commands are sent one by one: PIPELINING is not offered")];
    case "not-tried":
      return [];
    default:
      return [
        note(
          "pipelining-broken",
          `PIPELINING is offered, and commands that are sent ahead ${pipelining === "stalls" ? "are never answered" : "get wrong answers"}`,
          "The first copy stalls for half a minute.",
          "Nothing: Mailferry sends one by one from then on.",
        ),
      ];
  }
}

/** Servers that are known to change something when a message is read, by what they say of themselves. */
function knownServer(facts: Facts): readonly Finding[] {
  if (/\bgpop\b|gmail/i.test(saidOfItself(facts)))
    return [
      note(
        "gmail",
        `the server is Gmail: "${facts.reach.greeting}"`,
        "It shows some 250 messages at a time, and may archive or delete what POP3 reads.",
        'Choose "Enable POP for all mail" and "keep Gmail\'s copy in the Inbox" over there before you begin.',
      ),
    ];
  return [];
}
