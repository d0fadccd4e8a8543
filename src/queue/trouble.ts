/**
 * The failure policy of the queue, whole: what the outcome of an attempt means for a recipient, when the next
 * one is made, when a recipient is given up, and what its sender hears. Pure: the clock and chance are handed in.
 *
 * - delivered: the recipient leaves the queue; a report only if the sender asked and the next hop does not
 *   take that over.
 * - deferred: tried again, ever more rarely, until it expires; then it has failed.
 * - rejected: it has failed, at once. But a server behind a pipe that refuses us by policy says nothing about
 *   its recipients, nor does a route without a server: that mail is held back, an alarm is raised, and it is
 *   tried again until it expires.
 * - failed: the sender gets a report, unless it said NEVER, or has the null reverse-path. A message that must arrive
 *   never fails: it is held instead, where `queue list` shows it, until somebody has it tried again.
 */
import type { Delivery, RemoteReply } from "./courier.ts";
import type { QueuedRecipient, Via } from "./queue-store.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Milliseconds to the next attempt, by how many were made before; the last one goes on. */
const relayDelays = [1, 2, 5, 10, 20, 40, 60, 60, 120, 180].map((minutes) => minutes * minute);
/** An old server is one we know: when it was away for a moment its people should not wait for long. */
const pipeDelays = [10 * second, 30 * second, ...relayDelays];
/** Delays are spread by so much to both sides, so that nothing comes back in step. */
const spread = 0.2;

/** A sender is told about a delay once it is this old. */
export const delayWorthTelling = 4 * hour;

/** Milliseconds after which an attempt is made again that could not be made for trouble of our own. */
export const ownTroubleDelay = 30 * second;

/** What an outcome means for one recipient. `report`: the sender is to hear of it. */
export type Verdict =
  | { readonly kind: "delivered"; readonly reply: RemoteReply; readonly report: boolean }
  | {
      readonly kind: "deferred";
      readonly reply: RemoteReply;
      /** Epoch milliseconds. */
      readonly nextTry: number;
      readonly mayHaveArrived: boolean;
      readonly report: boolean;
      /** The administrator is to hear of it. */
      readonly alarm: boolean;
      /** It is not tried again before somebody asks for it. */
      readonly hold: boolean;
    }
  | { readonly kind: "failed"; readonly reply: RemoteReply; readonly report: boolean };

/**
 * Judges the outcome of an attempt.
 * @param now epoch milliseconds
 * @param random a number in [0, 1)
 */
export function judge(recipient: QueuedRecipient, delivery: Delivery, now: number, random: number): Verdict {
  const { reply } = delivery;
  if (delivery.kind === "delivered") {
    const report = wants(recipient, "SUCCESS") && !delivery.keepsNotify;
    return { kind: "delivered", reply, report };
  }
  const isHeldBack =
    isPipe(recipient) && delivery.kind === "rejected" && (delivery.policy || reply.host === null);
  if (delivery.kind === "rejected" && !isHeldBack) {
    if (recipient.message.mustArrive) return held(recipient, reply, now);
    return { kind: "failed", reply, report: wants(recipient, "FAILURE") };
  }
  if (now >= recipient.expires)
    return { kind: "failed", reply: expired(reply), report: wants(recipient, "FAILURE") };
  return {
    kind: "deferred",
    reply,
    nextTry: nextTry(recipient, now, random),
    // What was in doubt once stays so: no later answer tells about the earlier attempt.
    mayHaveArrived: recipient.mayHaveArrived || (delivery.kind === "deferred" && delivery.mayHaveArrived),
    report: isDelayToTell(recipient, now),
    alarm: isHeldBack,
    hold: false,
  };
}

function held({ mayHaveArrived }: QueuedRecipient, reply: RemoteReply, now: number): Verdict {
  return { kind: "deferred", reply, nextTry: now, mayHaveArrived, report: false, alarm: true, hold: true };
}

function isPipe({ via }: QueuedRecipient): boolean {
  return via.kind === "pipe";
}

/** When a recipient is tried again that was tried just now: not after it expires, when the last try is made. */
export function nextTry(recipient: QueuedRecipient, now: number, random: number): number {
  const delay = delayAfter(recipient.via, recipient.attempts) * (1 - spread + 2 * spread * random);
  return Math.max(now + second, Math.min(Math.round(now + delay), recipient.expires));
}

/** @param attempts that were made before this one */
function delayAfter(via: Via, attempts: number): number {
  const delays = via.kind === "pipe" ? pipeDelays : relayDelays;
  return delays[Math.min(attempts, delays.length - 1)] ?? hour;
}

/** Whether the sender is to hear of a success or failure (RFC 3461 §4.1); a report is never reported on. */
function wants({ message, notify }: QueuedRecipient, what: "SUCCESS" | "FAILURE"): boolean {
  if (message.reversePath === "") return false;
  return notify === null ? what === "FAILURE" : notify.includes(what);
}

/**
 * A delay is told to whoever asked for it, and to our own people. A stranger who said nothing is not told:
 * most reverse-paths of what waits here from outside are forged.
 */
function isDelayToTell(recipient: QueuedRecipient, now: number): boolean {
  const { message, notify, delayReported } = recipient;
  if (message.reversePath === "" || delayReported) return false;
  if (now - message.receivedAt < delayWorthTelling) return false;
  return notify === null ? message.authenticated !== null : notify.includes("DELAY");
}

function expired(last: RemoteReply): RemoteReply {
  return {
    ...last,
    enhanced: "4.4.7",
    text: `given up after trying for too long; the last answer: ${last.text}`,
  };
}

/** A reply on one line, for `queue show` and the log. */
export function replyLine({ host, code, enhanced, text }: RemoteReply): string {
  const words = [code, enhanced, text].filter((part) => part !== null && part !== "").join(" ");
  return host === null ? words : `${host}: ${words}`;
}
