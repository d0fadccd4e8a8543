/** What the page of the queue says. */
import { messages, number, plural } from "./format.ts";

const recipients = (count: number) => plural(count, "recipient", "recipients");

export const say = {
  title: "Queue",
  empty: "Nothing waits to leave.",
  inAll: (count: number, oldest: string | null) =>
    `${recipients(count)} wait${count === 1 ? "s" : ""}${oldest === null ? "" : `, the oldest since ${oldest}`}.`,
  found: (count: number, of: number) => `${recipients(count)} of ${messages(of)} found.`,
  states: {
    deferred: "waits for its next try",
    due: "may leave now",
    "under-way": "is being delivered",
    held: "held",
  },
  state: "State",
  all: "All",
  withCount: (word: string, count: number) => `${word} (${number(count)})`,
  domain: "Domain of the recipient",
  via: "Through",
  table: "Recipients that wait",
  to: "To",
  from: "From",
  nobody: "<> (a report)",
  what: "What happens",
  size: "Size",
  act: "Act",
  received: (at: string) => `Accepted ${at}.`,
  attempts: (count: number, next: string) => `${plural(count, "attempt", "attempts")}, the next ${next}.`,
  expires: (at: string) => `Given up ${at}, and the sender told.`,
  lastReply: "The other side said:",
  none: "Nothing in the queue is like that.",
  acts: { retry: "Try now", hold: "Hold", release: "Release", drop: "Drop" },
  actOn: (act: string, to: string) => `${act}: ${to}`,
  many: "All that were found:",
  confirm: {
    title: (act: string, count: number) => `${act}: ${recipients(count)}?`,
    explain: (count: number, of: number) => `This is done to ${recipients(count)} of ${messages(of)}.`,
    effects: {
      retry: "Each is tried at once; what cannot be delivered waits again.",
      hold: "They stay here until they are released.",
      release: "They are tried again as their turn comes.",
      drop: "They are deleted and not delivered. Their senders are not told.",
    },
  },
  done: (act: string, count: number) => `${act}: ${recipients(count)}.`,
} as const;
