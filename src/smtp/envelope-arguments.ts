/** MAIL and RCPT as typed arguments (RFC 5321 §4.1.1.2-3, RFC 1870, 3461, 4954, 6152, 6531). */
import type { Envelope, EnvelopeRecipient, Notify } from "#mail/envelope";
import { type Parameter, parseParameters } from "./parameters.ts";
import { isReversePath, parsePathArgument } from "./path.ts";
import { misread, type Parsed, parsed } from "./reply.ts";
import { decodeXtext } from "./xtext.ts";

/** MAIL FROM with everything that came with it. */
export interface MailArguments extends Omit<Envelope, "recipients"> {
  /** Octets, as SIZE declares them (RFC 1870); null where it was not said. */
  readonly size: number | null;
}

/** RFC 3461 §4.4 */
const maximumEnvelopeId = 100;
/** RFC 3461 §4.2 */
const maximumOriginalRecipient = 500;

/** A parameter whose value is one of some words, in any case. */
function oneOf<Word extends string>(...words: readonly Word[]): Parameter<Word> {
  return {
    syntax: `The value is ${words.join(" or ")}`,
    read: (value) => words.find((word) => word === value?.toUpperCase()),
  };
}

const mailParameters = {
  BODY: oneOf("7BIT", "8BITMIME"),
  RET: oneOf("FULL", "HDRS"),
  SIZE: {
    syntax: "SIZE is a number of octets",
    read: (value) => (/^[0-9]{1,20}$/.test(value ?? "") ? Number(value) : undefined),
  } satisfies Parameter<number>,
  ENVID: {
    syntax: `ENVID is xtext of at most ${maximumEnvelopeId} characters`,
    read: (value) => readXtext(value, maximumEnvelopeId),
  } satisfies Parameter<string>,
  // Who first submitted the message is what some server claims; nothing here believes it (RFC 4954 §5).
  AUTH: {
    syntax: "AUTH is an address in xtext, or <>",
    read: (value) => readXtext(value, maximumOriginalRecipient),
  } satisfies Parameter<string>,
  SMTPUTF8: {
    syntax: "SMTPUTF8 takes no value",
    read: (value) => (value === null ? true : undefined),
  } satisfies Parameter<true>,
};

const recipientParameters = {
  NOTIFY: {
    syntax: "NOTIFY is NEVER, or some of SUCCESS,FAILURE,DELAY",
    read: readNotify,
  } satisfies Parameter<NonNullable<Notify>>,
  ORCPT: {
    syntax: "ORCPT is an address type, a semicolon and an address in xtext",
    read: readOriginalRecipient,
  } satisfies Parameter<string>,
};

/** RFC 6531 §3.4 and §3.5 */
const needsSmtpUtf8 = misread(553, "5.6.7", "This address needs the parameter SMTPUTF8 at MAIL");

/** Whether a path travels without SMTPUTF8. */
function isAscii(path: string): boolean {
  return !/[^\x00-\x7f]/.test(path);
}

/** Reads the argument of MAIL. */
export function parseMail(argument: string): Parsed<MailArguments> {
  const path = parsePathArgument(argument, "FROM");
  if (!path.ok) return path;
  const reversePath = path.value.path;
  if (!isReversePath(reversePath)) return misread(501, "5.1.7", "That is no sender address");
  const parameters = parseParameters(path.value.rest, mailParameters);
  if (!parameters.ok) return parameters;
  const { BODY, RET, SIZE, ENVID, SMTPUTF8 } = parameters.value;
  if (!SMTPUTF8 && !isAscii(reversePath)) return needsSmtpUtf8;
  return parsed({
    reversePath,
    body: BODY ?? "7BIT",
    smtpUtf8: SMTPUTF8 ?? false,
    envelopeId: ENVID ?? null,
    ret: RET ?? null,
    size: SIZE ?? null,
  });
}

/** Reads the argument of RCPT; whether a non-ASCII address may come is `checkSmtpUtf8`'s to say. */
export function parseRecipient(argument: string): Parsed<EnvelopeRecipient> {
  const path = parsePathArgument(argument, "TO");
  if (!path.ok) return path;
  if (path.value.path === "") return misread(501, "5.1.3", "A recipient has an address");
  const parameters = parseParameters(path.value.rest, recipientParameters);
  if (!parameters.ok) return parameters;
  const { NOTIFY, ORCPT } = parameters.value;
  return parsed({ address: path.value.path, notify: NOTIFY ?? null, originalRecipient: ORCPT ?? null });
}

/** Whether a recipient may come in this transaction: a non-ASCII address only with SMTPUTF8. */
export function checkSmtpUtf8(recipient: EnvelopeRecipient, smtpUtf8: boolean): Parsed<EnvelopeRecipient> {
  return smtpUtf8 || isAscii(recipient.address) ? parsed(recipient) : needsSmtpUtf8;
}

function readXtext(value: string | null, maximumLength: number): string | undefined {
  if (value === null || value.length > maximumLength) return undefined;
  return decodeXtext(value) ?? undefined;
}

function readNotify(value: string | null): NonNullable<Notify> | undefined {
  const words = (value ?? "").toUpperCase().split(",");
  if (words.length === 1 && words[0] === "NEVER") return ["NEVER"];
  const notify = (["SUCCESS", "FAILURE", "DELAY"] as const).filter((word) => words.includes(word));
  return notify.length === words.length ? notify : undefined;
}

function readOriginalRecipient(value: string | null): string | undefined {
  const match = /^([A-Za-z0-9][A-Za-z0-9-]*);(.+)$/.exec(value ?? "");
  const address = readXtext(match?.[2] ?? null, maximumOriginalRecipient);
  return address === undefined ? undefined : `${match?.[1]};${address}`;
}
