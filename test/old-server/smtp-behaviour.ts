/** Where the SMTP side of the scripted old server can be made to behave otherwise (see pop3-behaviour). */
import type { OldMailbox } from "./maildrop.ts";
import type { SmtpTransaction } from "./smtp.ts";
import type { SmtpFault } from "./smtp-faults.ts";

export interface SmtpBehaviour {
  /** What a command meets before it is answered. */
  readonly fault?: SmtpFault;
  readonly greeting?: (text: string) => string;
  /** Lines of EHLO after the first; null: it knows HELO only. */
  readonly offers?: (offers: readonly string[]) => readonly string[] | null;
  /** Whether an address is taken at RCPT though nobody has it. */
  readonly takes?: (address: string) => boolean;
  /** Whose mailboxes an address leads to; null leaves it to the next behaviour and at last to the server. */
  readonly owners?: (address: string) => readonly OldMailbox[] | null;
  /** Told when a message has been taken, before it lands. */
  readonly taken?: (transaction: SmtpTransaction) => void;
  /** What is put into a mailbox of the octets that were taken. */
  readonly stored?: (octets: Buffer) => Buffer;
  /** Lets a message land when it likes; false: it lands at once. */
  readonly later?: (land: () => void) => boolean;
}
