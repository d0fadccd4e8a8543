/** What a sender wants to hear about one recipient (RFC 3461 §4.1); null = nothing was said. */
export type Notify = readonly ("NEVER" | "SUCCESS" | "FAILURE" | "DELAY")[] | null;

/** One RCPT, as it was given. */
export interface EnvelopeRecipient {
  /** As the client wrote it, without angle brackets. */
  readonly address: string;
  readonly notify: Notify;
  /** ORCPT (RFC 3461 §4.2), decoded from xtext: `rfc822;anna@big-company.com`. */
  readonly originalRecipient: string | null;
}

/** The SMTP envelope of a message: where it comes from, whom it is for, and how it must travel. */
export interface Envelope {
  /** As the client wrote it, without angle brackets; "" is the null reverse-path (RFC 5321 §4.5.5). */
  readonly reversePath: string;
  readonly recipients: readonly EnvelopeRecipient[];
  /** RFC 6152 */
  readonly body: "7BIT" | "8BITMIME";
  /** RFC 6531 §3.4: the client asked for SMTPUTF8 */
  readonly smtpUtf8: boolean;
  /** ENVID (RFC 3461 §4.4), decoded from xtext. */
  readonly envelopeId: string | null;
  /** RET (RFC 3461 §4.3): how much of the message a DSN returns. */
  readonly ret: "FULL" | "HDRS" | null;
}
