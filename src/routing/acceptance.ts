/**
 * Whether a recipient is accepted at RCPT. Relaying is for authenticated senders and for pipes; people
 * unknown here are asked of the old server, and only its clear "no such mailbox" becomes ours.
 */

import type { DirectoryStore, Mailbox } from "#directory/directory-store";
import { localAddress } from "#directory/resolve";
import { type Address, addressKey, parseAddress } from "#mail/address";
import type { Log } from "#observe/log";
import type { Destination, Refusal } from "./destination.ts";
import type { KnownRecipients } from "./known-recipients.ts";
import type { RecipientCheck } from "./recipient-check.ts";
import { routeRecipient } from "./route.ts";

/** Whether a mailbox has room for a message of so many octets. */
export interface QuotaCheck {
  hasRoom(mailbox: Mailbox["id"], octets: number): Promise<boolean>;
}

/** What acceptance needs. */
export interface Acceptance {
  readonly directory: DirectoryStore;
  readonly check: RecipientCheck;
  readonly known: KnownRecipients;
  readonly quota: QuotaCheck;
  /**
   * Whether a peer may name one more recipient whom nobody knows, where the old server takes every address and
   * asking it says nothing.
   */
  readonly mayNameUnknown?: (peerAddress: string, address: string) => boolean;
  /** Told when a server behind a pipe refuses this server, not a recipient. */
  readonly alarm: (refusal: { readonly route: string; readonly reply: string }) => void;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface AcceptanceRequest {
  readonly address: Address;
  readonly authenticated: boolean;
  readonly peerAddress: string;
  /** Octets declared by SIZE; null where none. */
  readonly size: number | null;
}

export type AcceptanceAnswer =
  | { readonly kind: "accepted"; readonly destinations: readonly Destination[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** An address that the old server took so recently is accepted while it is silent: 30 days. */
const remembered = 30 * 24 * 60 * 60 * 1000;

const noRelay: Refusal = { code: 550, enhanced: "5.7.1", text: "We do not relay to this domain" };
const mailboxFull: Refusal = { code: 452, enhanced: "4.2.2", text: "The mailbox is full" };
const cannotAsk: Refusal = {
  code: 451,
  enhanced: "4.4.1",
  text: "The recipient cannot be checked now, try again later",
};
const refusedUs: Refusal = {
  code: 451,
  enhanced: "4.7.1",
  text: "The recipient's server does not take our mail now, try again later",
};

const tooManyUnknown: Refusal = {
  code: 451,
  enhanced: "4.7.1",
  text: "Too many different recipients that are unknown here, try again later",
};

/** Answers RCPT for one recipient. */
export async function acceptRecipient(
  deps: Acceptance,
  request: AcceptanceRequest,
): Promise<AcceptanceAnswer> {
  const route = await routeRecipient(deps.directory, request.address);
  if (route.kind === "refused") return route;
  const isOurs = (await localAddress(deps.directory, request.address)) !== null;
  for (const destination of route.destinations) {
    const refusal = await refusalOf(deps, request, destination, isOurs);
    if (refusal) return { kind: "refused", refusal };
  }
  return { kind: "accepted", destinations: route.destinations };
}

async function refusalOf(
  deps: Acceptance,
  request: AcceptanceRequest,
  destination: Destination,
  isOurs: boolean,
): Promise<Refusal | null> {
  switch (destination.kind) {
    case "relay":
      // Where one of our own addresses leads outside, its owner has said so.
      return request.authenticated || isOurs ? null : noRelay;
    case "mailbox":
      return (await deps.quota.hasRoom(destination.mailbox, request.size ?? 0)) ? null : mailboxFull;
    case "pipe":
      return request.authenticated ? null : await askOldServer(deps, request.peerAddress, destination);
  }
}

async function askOldServer(
  { check, known, alarm, log, now, mayNameUnknown }: Acceptance,
  peerAddress: string,
  { route, address }: Extract<Destination, { kind: "pipe" }>,
): Promise<Refusal | null> {
  // The old server would be asked in the middle of its own delivery; some then wait for each other.
  if (await check.isHostOf(route, peerAddress)) return null;
  const answer = await check.ask(route, address);
  const key = keyOf(address);
  switch (answer.answer) {
    case "accepted":
      if (!answer.acceptsEverything) {
        await known.accepted(key, route, now(), false);
        return null;
      }
      // A server that takes every address says nothing about who exists: guessing is slowed down instead.
      if ((mayNameUnknown?.(peerAddress, key) ?? true) || (await known.known(key)) !== null) return null;
      log.warn({ route, peerAddress }, "a peer names too many recipients whom nobody knows");
      return tooManyUnknown;
    case "no-such-mailbox":
      return answer.refusal;
    case "policy":
      log.error(
        { route, reply: answer.reply },
        "the old server refuses us, not the recipient: see to its access rules",
      );
      alarm({ route, reply: answer.reply });
      return refusedUs;
    case "silent": {
      const before = await known.known(key);
      if (before && now() - before.lastAccepted < remembered) return null;
      log.warn({ route, reason: answer.reason }, "a recipient could not be checked on the old server");
      return cannotAsk;
    }
  }
}

function keyOf(address: string): string {
  const parsed = parseAddress(address);
  return parsed ? addressKey(parsed) : address.toLowerCase();
}
