import type { ImapAddress, ImapEnvelope } from "./imap-envelope.ts";
import type { MimePart, Parameter } from "./mime-part.ts";

/** A parenthesised list of IMAP as nested arrays; null is NIL. Strings are octets as latin1. */
export type ImapList = readonly (string | number | null | ImapList)[];

/**
 * The body structure of a part (RFC 3501 §7.4.2): with extension data for BODYSTRUCTURE, without for BODY. Text
 * that names no charset is shown as us-ascii, and no encoding as 7bit, as RFC 2045 §5.2 and §6.1 define them.
 */
export function bodyStructure(part: MimePart, withExtensions: boolean): ImapList {
  const type = part.type.toLowerCase();
  if (type === "multipart") return multipartStructure(part, withExtensions);
  const fields: ImapList = [
    ...(part.message === null ? [part.type, part.subtype] : ["message", "rfc822"]),
    parameterList(type === "text" ? withCharset(part.parameters) : part.parameters),
    part.id,
    part.description,
    part.encoding ?? "7bit",
    part.body.end - part.body.start,
  ];
  const extensions = withExtensions ? [part.md5, ...commonExtensions(part)] : [];
  if (part.message !== null) {
    const { envelope, structure } = part.message;
    const inside = bodyStructure(structure, withExtensions);
    return [...fields, envelopeList(envelope), inside, part.lines, ...extensions];
  }
  return type === "text" ? [...fields, part.lines, ...extensions] : [...fields, ...extensions];
}

function multipartStructure(part: MimePart, withExtensions: boolean): ImapList {
  const parts = part.parts.map((inside) => bodyStructure(inside, withExtensions));
  const extensions = withExtensions ? [parameterList(part.parameters), ...commonExtensions(part)] : [];
  return [...parts, part.subtype, ...extensions];
}

function commonExtensions(part: MimePart): ImapList {
  const { disposition } = part;
  return [
    disposition === null ? null : [disposition.type, parameterList(disposition.parameters)],
    part.language,
    part.location,
  ];
}

function parameterList(parameters: readonly Parameter[]): ImapList | null {
  return parameters.length === 0 ? null : parameters.flat();
}

function withCharset(parameters: readonly Parameter[]): readonly Parameter[] {
  const named = parameters.some(([name]) => name.toLowerCase() === "charset");
  return named ? parameters : [...parameters, ["charset", "us-ascii"]];
}

/** An ENVELOPE in the order of the fields on the wire. */
export function envelopeList(envelope: ImapEnvelope): ImapList {
  const { date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId } = envelope;
  const lists: readonly (readonly ImapAddress[] | null)[] = [from, sender, replyTo, to, cc, bcc];
  return [date, subject, ...lists, inReplyTo, messageId];
}
