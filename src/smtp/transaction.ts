import { addressKey, parseAddress } from "#mail/address";
import type { EnvelopeRecipient } from "#mail/envelope";
import type { LocalRecipient, NewQueued, Via } from "#queue/queue-store";
import type { Destination } from "#routing/destination";
import type { MailArguments } from "./envelope-arguments.ts";

/** One recipient that was accepted, and where its mail goes. */
export interface TransactionRecipient {
  readonly given: EnvelopeRecipient;
  readonly destinations: readonly Destination[];
}

/** One mail transaction (RFC 5321 §3.3): from MAIL to the end of the data. */
export interface Transaction {
  readonly mail: MailArguments;
  readonly recipients: readonly TransactionRecipient[];
}

/** What a transaction's recipients come to: each mailbox once, each other address once per way out. */
export interface Destinations {
  readonly local: readonly LocalRecipient[];
  readonly queued: readonly NewQueued[];
}

/** @param expires when the queue gives up, epoch milliseconds */
export function collectDestinations(
  recipients: readonly TransactionRecipient[],
  expires: number,
): Destinations {
  const local = new Map<LocalRecipient["mailbox"], LocalRecipient>();
  const queued = new Map<string, NewQueued>();
  for (const { given, destinations } of recipients) {
    for (const destination of destinations) {
      if (destination.kind === "mailbox") {
        const { mailbox, address } = destination;
        if (!local.has(mailbox)) local.set(mailbox, { mailbox, address });
      } else {
        const via = viaOf(destination);
        const key = `${via.kind} ${via.to} ${keyOf(destination.address)}`;
        if (!queued.has(key)) queued.set(key, { ...given, address: destination.address, via, expires });
      }
    }
  }
  return { local: [...local.values()], queued: [...queued.values()] };
}

/** The recipients here whose sender wants to hear that they got the message (RFC 3461 §4.1). */
export function toBeReported({ mail, recipients }: Transaction): readonly EnvelopeRecipient[] {
  if (mail.reversePath === "") return [];
  return recipients.flatMap(({ given, destinations }) => {
    const isHere = destinations.some(({ kind }) => kind === "mailbox");
    return isHere && given.notify?.includes("SUCCESS") ? [given] : [];
  });
}

/** The addresses that a transaction sends through pipes. */
export function pipedAddresses(recipients: readonly TransactionRecipient[]): readonly string[] {
  return recipients.flatMap(({ destinations }) =>
    destinations.flatMap((destination) => (destination.kind === "pipe" ? [destination.address] : [])),
  );
}

function viaOf(destination: Exclude<Destination, { readonly kind: "mailbox" }>): Via {
  return destination.kind === "pipe"
    ? { kind: "pipe", to: destination.route }
    : { kind: "relay", to: destination.domain };
}

function keyOf(address: string): string {
  const parsed = parseAddress(address);
  return parsed ? addressKey(parsed) : address;
}
