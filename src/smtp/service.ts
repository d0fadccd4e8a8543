/** What the SMTP server needs from the rest of the house, and how it is set up. */
import type { Account, Login } from "#login/login";
import type { Sessions } from "#login/sessions";
import type { Address } from "#mail/address";
import type { EnvelopeRecipient } from "#mail/envelope";
import type { ContentStage } from "#mailbox/content";
import type { Log } from "#observe/log";
import type { Intake, QueuedMessage } from "#queue/queue-store";
import type { AcceptanceAnswer, AcceptanceRequest } from "#routing/acceptance";

/** As the config calls it. `smtp` takes mail from anybody for here, the other two from our people for anywhere. */
export type SmtpListenerKind = "smtp" | "submission" | "submissions";

/** One way in. */
export interface Entrance {
  readonly kind: SmtpListenerKind;
  /** Whether passwords are taken without TLS. */
  readonly clearPasswords: boolean;
  /** Whether STARTTLS can be offered. */
  readonly canStartTls: boolean;
}

export interface SmtpSettings {
  /** Our own name, in the greeting and in trace fields. */
  readonly hostname: string;
  /** This server's own id, told in the greeting: a server that was to deliver to itself finds out by it. */
  readonly instance: string;
  /** Whose postmaster is meant when no domain is named (RFC 5321 §4.5.1). */
  readonly defaultDomain: string;
  /** Octets. */
  readonly maxMessage: number;
  /** How long the queue tries, in milliseconds. */
  readonly giveUpAfter: number;
  /** Whether bare CR and LF in what our own people submit become CRLF, instead of being refused. */
  readonly normaliseBareLineEndings: boolean;
}

/** A message that is in mailboxes here, for a sender who wants to hear of it (NOTIFY=SUCCESS). */
export interface DeliveredHere {
  readonly message: QueuedMessage;
  /** The recipients it was asked for, as they were given. */
  readonly recipients: readonly EnvelopeRecipient[];
  /** The message's header, without our trace; at most 256 KB of it. */
  readonly header: Uint8Array;
}

/** The neighbours, and what is not to be had in a pure function. */
export interface SmtpService {
  readonly settings: SmtpSettings;
  readonly login: Login;
  /** Where those who logged in are entered. */
  readonly sessions: Pick<Sessions, "begin">;
  readonly acceptRecipient: (request: AcceptanceRequest) => Promise<AcceptanceAnswer>;
  /** Whether somebody may use an address as reverse-path: an own one, an alias or sub-address of it. */
  readonly maySendAs: (account: Account, address: Address) => Promise<boolean>;
  readonly stage: ContentStage;
  readonly queue: { readonly intake: (intake: Intake) => Promise<void> };
  /**
   * Sends the DSN about deliveries here (RFC 3461 §5.2.3), after they are durable. The sender is told of delivery
   * as well as can be; that it fails does not undo the delivery.
   */
  readonly reportDelivered: (delivered: DeliveredHere) => Promise<void>;
  /** The key of the loop marks. */
  readonly markKey: Uint8Array;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Short, random, never twice: for queue ids and sessions. Letters and digits. */
  readonly newId: () => string;
  readonly log: Log;
}

/** Whether people log in here to send (RFC 6409). */
export function isSubmission(entrance: Entrance): boolean {
  return entrance.kind !== "smtp";
}
