/**
 * One maildrop over two sessions. The first reads a single message, so that a server that takes away what is read
 * takes one at most; the second sees whether it is still there, and only then reads a few more.
 */
import { setTimeout as wait } from "node:timers/promises";
import { troubleOfError } from "../old-server/pop3-trouble.ts";
import type { Caller, Door } from "./caller.ts";
import {
  type Entry,
  type LaterListing,
  type LoginFacts,
  type MaildropFacts,
  type SampleFacts,
  type SecondLogin,
  words,
} from "./facts.ts";
import { probeListing } from "./listing-probe.ts";
import { delayOf, enter, enterPatiently } from "./login-probe.ts";
import { probePipelining, probeRoundTrip } from "./pipelining-probe.ts";
import { lines } from "./reach-probe.ts";
import {
  firstToRead,
  furtherToRead,
  isSame,
  isSameSettled,
  probeSample,
  type Sample,
} from "./sample-probe.ts";
import { type Look, lookAfter, lookBefore } from "./seen-probe.ts";
import type { RehearsalTools, TestLogin } from "./tools.ts";

interface Visit {
  readonly door: Door;
  readonly login: TestLogin;
  readonly facts: LoginFacts;
  readonly tools: Pick<RehearsalTools, "pause" | "limits" | "rescue" | "isOurs">;
  readonly mayRetrieve: boolean;
  /** Where IMAP is to be looked for beside POP3. */
  readonly imapPort: number | null;
  /** Nothing is read, not even by TOP: the server has taken away what was read elsewhere. */
  readonly spares: boolean;
}

type SessionFacts = Omit<MaildropFacts, "seenMarks">;
type Between = (listed: readonly Entry[], soon: readonly Entry[]) => Promise<void>;

/** @param caller logged in; it is ended here. Throws as the connection does while the first listing is read */
export async function probeMaildrop(visit: Visit, caller: Caller, stat: string): Promise<MaildropFacts> {
  const { door, facts, login, tools, imapPort } = visit;
  if (imapPort === null || !visit.mayRetrieve || visit.spares)
    return { ...(await probeSessions(visit, caller, stat)), seenMarks: null };
  const looker = { door, name: facts.name, password: login.password, imapPort, tools };
  let before: Look | null = null;
  const sessions = await probeSessions(visit, caller, stat, async (listed, soon) => {
    before = await lookBefore(looker, listed, soon);
  });
  return { ...sessions, seenMarks: before && (await lookAfter(looker, before, sessions.samples)) };
}

/** @param between is done when the first session is over and before the second begins */
async function probeSessions(
  visit: Visit,
  caller: Caller,
  stat: string,
  between?: Between,
): Promise<SessionFacts> {
  const { door, tools, mayRetrieve } = visit;
  caller.client.idleMilliseconds = tools.limits.listing;
  const first = await probeListing(caller.client, stat);
  const capabilities = lines(caller.capabilities);
  const delay = delayOf(caller);
  caller.client.idleMilliseconds = tools.limits.message;
  const secondLogin = delay > 0 ? ({ outcome: "other", said: "" } as const) : await probeSecondLogin(visit);
  const entry = visit.spares ? null : firstToRead(first.entries);
  const read = entry ? await sampled(caller, entry, mayRetrieve) : null;
  const roundTrip = caller.client.isOpen ? await probeRoundTrip(caller.client) : null;
  const quit = await caller.leave();
  if (entry) await between?.(first.entries, furtherToRead(first.entries, entry));

  if (delay > 0 && delay <= tools.limits.longestDelay) await tools.pause(delay, door.signal);
  const again =
    delay > tools.limits.longestDelay
      ? null
      : await enterPatiently(door, visit.facts.name, visit.login.password, tools);
  const samples: SampleFacts[] = read ? [read.facts] : [];
  const start = { first, secondLogin, capabilities, quit, roundTrip };
  if (again?.entrance.outcome !== "good") {
    const later: LaterListing = again
      ? {
          seen: false,
          trouble: again.entrance.outcome === "cannot-tell" ? (again.entrance.trouble ?? "down") : "bad",
          said: again.entrance.said,
        }
      : { seen: false, trouble: "login-delay", said: `LOGIN-DELAY ${delay / 1000}` };
    return {
      ...start,
      later,
      samples,
      readMessage: "unknown",
      rescuedTo: null,
      readsTheSame: null,
      settlesTheSame: null,
      pipelining: "not-tried",
    };
  }
  const { caller: second, stat: secondStat } = again.entrance;
  try {
    second.client.idleMilliseconds = tools.limits.listing;
    const listing = await probeListing(second.client, secondStat);
    const later: LaterListing = { seen: true, listing, waited: again.waited };
    second.client.idleMilliseconds = tools.limits.message;
    const isThere = entry === null || stillThere(first.entries.length, listing.entries, entry.uidl);
    const readMessage = read === null ? "unknown" : isThere ? "kept" : "gone";
    const rescuedTo =
      readMessage === "gone" && read?.octets ? await tools.rescue(read.octets, visit.login.address) : null;
    let readsTheSame: boolean | null = null;
    let settlesTheSame: boolean | null = null;
    if (readMessage === "kept" && entry) {
      const twin = listing.entries.find((other) => isTwin(entry, other));
      const reread = twin && read?.octets ? await sampled(second, twin, mayRetrieve) : null;
      if (read?.octets && reread?.octets) {
        readsTheSame = isSame(read.octets, reread.octets);
        settlesTheSame = isSameSettled(read.octets, reread.octets);
      }
      for (const further of furtherToRead(listing.entries, entry)) {
        if (second.client.isOpen) samples.push((await sampled(second, further, mayRetrieve)).facts);
      }
    }
    const pipelining = await probePipelining(second, listing.entries[0]?.number ?? null, tools.limits);
    return { ...start, later, samples, readMessage, rescuedTo, readsTheSame, settlesTheSame, pipelining };
  } catch (error) {
    const { trouble, reason } = troubleOfError(error);
    const later: LaterListing = { seen: false, trouble, said: words(reason) };
    return {
      ...start,
      later,
      samples,
      readMessage: "unknown",
      rescuedTo: null,
      readsTheSame: null,
      settlesTheSame: null,
      pipelining: "not-tried",
    };
  } finally {
    await second.leave();
  }
}

/** A sample that breaks the connection is a fact too. */
async function sampled(
  caller: Caller,
  entry: Parameters<typeof probeSample>[1],
  mayRetrieve: boolean,
): Promise<Sample> {
  try {
    return await probeSample(caller.client, entry, mayRetrieve);
  } catch (error) {
    const { number, size } = entry;
    const broken = words(troubleOfError(error).reason);
    return { facts: { number, size, top: "not-tried", retrieved: { broken } }, octets: null };
  }
}

/** The same message in another session, as far as a listing tells. */
function isTwin(entry: Entry, other: Entry): boolean {
  const hasId = entry.uidl !== null && entry.uidl !== "";
  return entry.number === other.number && (hasId ? entry.uidl === other.uidl : entry.size === other.size);
}

/** By its unique-id where it has one; otherwise by the count, which new mail may blur. */
function stillThere(
  before: number,
  now: readonly { readonly uidl: string | null }[],
  uidl: string | null,
): boolean {
  if (uidl !== null && uidl !== "" && now.some((entry) => entry.uidl === uidl)) return true;
  return now.length >= before;
}

async function probeSecondLogin({
  door,
  login,
  facts,
}: Visit): Promise<{ outcome: SecondLogin; said: string }> {
  const signal = AbortSignal.any([door.signal, AbortSignal.timeout(20_000)]);
  const entrance = await enter({ ...door, signal }, facts.name, login.password);
  if (entrance.outcome === "good") {
    await entrance.caller.leave();
    return { outcome: "allowed", said: "" };
  }
  // A moment, so that what was refused is over before the first session goes on.
  await wait(50);
  const { said, trouble } = entrance;
  const isLock = trouble === "locked" || entrance.outcome === "bad" || trouble === "timeout";
  return { outcome: isLock ? "locked" : trouble === "turned-away" ? "turned-away" : "other", said };
}
