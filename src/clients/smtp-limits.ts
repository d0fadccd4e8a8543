/** How long each step of an SMTP dialogue may take, in milliseconds (RFC 5321 §4.5.3.2). */
export interface SmtpTimeLimits {
  readonly connect: number;
  /** The greeting, and EHLO with it. */
  readonly greeting: number;
  readonly mail: number;
  readonly recipient: number;
  /** From DATA to its 354. */
  readonly data: number;
  /** One write of octets that does not get away. */
  readonly block: number;
  /** From the end of the data to the answer: giving up here early makes duplicates. */
  readonly endOfData: number;
}

const minute = 60_000;

/** What RFC 5321 §4.5.3.2 asks of a client that delivers. */
export const deliveryLimits: SmtpTimeLimits = {
  connect: 30_000,
  greeting: 5 * minute,
  mail: 5 * minute,
  recipient: 5 * minute,
  data: 2 * minute,
  block: 3 * minute,
  endOfData: 10 * minute,
};

/** While somebody waits for the answer: asking about a recipient. */
export const questionLimits: SmtpTimeLimits = {
  connect: 5_000,
  greeting: 10_000,
  mail: 10_000,
  recipient: 10_000,
  data: 10_000,
  block: 10_000,
  endOfData: 10_000,
};
