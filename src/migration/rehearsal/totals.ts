/** How much there is, how long it takes, and whether there is room. Estimates are said to be such. */
import type { Facts, MaildropFacts, PersonFacts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** Amounts and times. */
export interface Totals {
  /** Of the test logins. */
  readonly mailboxes: number;
  readonly messages: number;
  readonly octets: number;
  /** Milliseconds a message and octets a second, as measured; null where nothing was retrieved. */
  readonly pace: { readonly millisecondsPerMessage: number; readonly octetsPerSecond: number } | null;
  /** Seconds until all of the test logins are copied; null where the pace is not known. */
  readonly seconds: number | null;
  /** The same for all people who are known, if they have as much mail each; null without evidence. */
  readonly domain: {
    readonly people: number;
    readonly messages: number;
    readonly octets: number;
    readonly seconds: number | null;
  } | null;
}

/** What a pipelined command still costs of a round trip. */
const shareWhenPipelined = 0.1;
/** Quicker than this cannot be told from a few small messages. */
const mostOctetsPerSecond = 50 * 1024 ** 2;

/** An estimate: the pace is that of a few messages. */
export function totalsOf({ people, house }: Facts): Totals {
  const maildrops = people.flatMap(({ maildrop }) => maildrop ?? []);
  const messages = sum(maildrops.map(({ first }) => first.entries.length));
  const octets = sum(maildrops.map(octetsOf));
  const pace = paceOf(maildrops);
  const secondsOf = (count: number, size: number, boxes: number): number | null =>
    pace &&
    (count * pace.millisecondsPerMessage) / 1000 / lanes(boxes) + size / pace.octetsPerSecond / lanes(boxes);
  const lanes = (boxes: number): number => Math.max(1, Math.min(boxes, house.connections / 2));
  const each = maildrops.length;
  const known = house.knownPeople;
  const scale = each === 0 ? 0 : known / each;
  return {
    mailboxes: each,
    messages,
    octets,
    pace,
    seconds: secondsOf(messages, octets, each),
    domain:
      each === 0 || known <= each
        ? null
        : {
            people: known,
            messages: Math.round(messages * scale),
            octets: Math.round(octets * scale),
            seconds: secondsOf(messages * scale, octets * scale, known),
          },
  };
}

function octetsOf({ first }: MaildropFacts): number {
  return Math.max(first.stat.octets, sum(first.entries.map(({ size }) => size ?? 0)));
}

function paceOf(maildrops: readonly MaildropFacts[]): Totals["pace"] {
  const came = maildrops.flatMap(({ samples }) =>
    samples.flatMap(({ retrieved }) => (retrieved && "octets" in retrieved ? retrieved : [])),
  );
  if (came.length === 0) return null;
  const trips = maildrops.flatMap(({ roundTrip }) => roundTrip ?? []).toSorted((a, b) => a - b);
  const trip = trips[Math.floor(trips.length / 2)] ?? 1;
  const isPipelined = maildrops.every(({ pipelining }) => pipelining === "sound");
  const transfer = sum(came.map(({ milliseconds }) => Math.max(milliseconds - trip, 0.05)));
  const octets = sum(came.map((one) => one.octets));
  return {
    millisecondsPerMessage: trip * (isPipelined ? shareWhenPipelined : 1),
    octetsPerSecond: Math.min((octets / transfer) * 1000, mostOctetsPerSecond),
  };
}

/** Whether what comes has room: on the disk, and in mailboxes that are prepared with a limit. */
export function roomFindings(facts: Facts): readonly Finding[] {
  const totals = totalsOf(facts);
  const needed = totals.domain?.octets ?? totals.octets;
  const { free } = facts.house;
  const findings: Finding[] = facts.people.flatMap(quotaFindings);
  if (free !== null && needed * 1.2 > free) {
    findings.push({
      id: "little-room",
      level: "option",
      people: [],
      seen: `${mega(needed)} MB of old mail, and ${mega(free)} MB are free here`,
      means: "Copying pauses before the disk is full; new mail goes on being taken.",
      do: `Make room for ${mega(needed * 1.2)} MB in the data directory before you begin.`,
    });
  }
  return findings;
}

function quotaFindings({ address, maildrop, quota }: PersonFacts): readonly Finding[] {
  const octets = maildrop ? octetsOf(maildrop) : 0;
  if (quota === null || octets <= quota) return [];
  return [
    {
      id: "over-quota",
      level: "option",
      people: [address],
      seen: `${mega(octets)} MB of old mail, and the mailbox that is prepared here may hold ${mega(quota)} MB`,
      means: "The old mail comes over all the same; afterwards the person cannot keep anything more here.",
      do: "Let it hold more: half as much again as the old mail, say.",
      commands: [`mailferry mailbox quota ${address} ${Math.ceil(octets * 1.5)}`],
    },
  ];
}

const mega = (octets: number): string => (octets / 1024 ** 2).toFixed(1);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
