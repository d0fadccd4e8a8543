/** One reply of the server (RFC 5321 §4.2, RFC 2034). Routing's refusals have the same shape. */
export interface Reply {
  readonly code: number;
  /** Enhanced status code such as "2.1.5"; null where there is none (greeting, EHLO, 3xx). */
  readonly enhanced: string | null;
  /** One line or several. */
  readonly text: string | readonly string[];
}

/** RFC 5321 §4.5.3.1.5: the whole line, its end included. */
const maximumLineOctets = 512;

/** Makes a reply. */
export function reply(code: number, enhanced: string | null, text: string | readonly string[]): Reply {
  return { code, enhanced, text };
}

/**
 * The reply as it goes over the wire. Whatever the text holds (it may be the old server's), it stays one
 * reply of printable ASCII in lines of legal length.
 */
export function formatReply({ code, enhanced, text }: Reply): string {
  const lines = typeof text === "string" ? [text] : text;
  const status = enhanced === null ? "" : `${enhanced} `;
  return lines
    .map((line, index) => {
      const separator = index === lines.length - 1 ? " " : "-";
      return `${`${code}${separator}${status}${printable(line)}`.slice(0, maximumLineOctets - 2)}\r\n`;
    })
    .join("");
}

function printable(text: string): string {
  return text.replace(/[\r\n\t]+/g, " ").replace(/[^\x20-\x7e]/g, "?");
}

/** The outcome of reading something the client sent: the value, or the reply that says what is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Reply };

/** Something that was understood. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** Something that was not. */
export function misread(
  code: number,
  enhanced: string,
  text: string,
): { readonly ok: false; readonly problem: Reply } {
  return { ok: false, problem: reply(code, enhanced, text) };
}
