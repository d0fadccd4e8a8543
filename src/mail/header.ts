/** One field of a header block (RFC 5322 §2.2). Strings are raw octets as code points 0-255 (latin1). */
export interface HeaderField {
  /** As written, without the colon. */
  readonly name: string;
  /** What follows the colon, with its folding, without the line end after it. */
  readonly value: string;
  /** Where the field begins in the block, and where the next line begins after it. In octets. */
  readonly start: number;
  readonly end: number;
}

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
const fieldName = /^[\x21-\x39\x3b-\x7e]+$/;

/**
 * The fields of a header block, top to bottom, up to the empty line or the end. Lines end with CRLF or LF.
 * A line that is no field is passed over with its continuation lines, and reading goes on after it: servers
 * and programs differ there, but losing the rest of a header to one bad line helps nobody.
 */
export function* headerFields(block: Uint8Array): Generator<HeaderField> {
  const text = Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString("latin1");
  let start = 0;
  while (start < text.length && !isLineEnd(text, start)) {
    let end = nextLine(text, start);
    while (end < text.length && isBlank(text.charCodeAt(end))) end = nextLine(text, end);
    const field = readField(text, start, end);
    if (field !== null) yield field;
    start = end;
  }
}

/** A larger block may have so many fields that they are not to be kept. Octets. */
const largestKept = 64 * 1024;

/**
 * The same for several readers one after the other: taken apart once, unless the block is enormous. The block may be
 * used for something else afterwards.
 */
export function sharedFields(block: Uint8Array): Iterable<HeaderField> {
  if (block.length <= largestKept) return [...headerFields(block)];
  const own = block.slice();
  return { [Symbol.iterator]: () => headerFields(own) };
}

/** Octets of the header that a message begins with, up to and with the empty line; of all of it if there is none. */
export function headerSize(message: Uint8Array): number {
  for (let start = 0; start < message.length; ) {
    const feed = message.indexOf(LF, start);
    if (feed === -1) break;
    if (feed === start || (feed === start + 1 && message[start] === CR)) return feed + 1;
    start = feed + 1;
  }
  return message.length;
}

function readField(text: string, start: number, end: number): HeaderField | null {
  if (isBlank(text.charCodeAt(start))) return null;
  // Cut first: searching for a colon beyond the field would take quadratic time on a block without any.
  const line = text.slice(start, endOfContent(text, end));
  const colon = line.indexOf(":");
  const name = trimBlanks(line.slice(0, Math.max(colon, 0)));
  return fieldName.test(name) ? { name, value: line.slice(colon + 1), start, end } : null;
}

function nextLine(text: string, from: number): number {
  const feed = text.indexOf("\n", from);
  return feed === -1 ? text.length : feed + 1;
}

function isLineEnd(text: string, at: number): boolean {
  return text.charCodeAt(at) === LF || text.startsWith("\r\n", at);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function endOfContent(text: string, end: number): number {
  if (text.charCodeAt(end - 1) !== LF) return end;
  return text.startsWith("\r\n", end - 2) ? end - 2 : end - 1;
}

/** A field's value on one line (RFC 5322 §2.2.3): line ends go, the blanks that follow them stay. Trimmed. */
export function unfold(value: string): string {
  return trimBlanks(value.includes("\n") ? value.replace(/\r?\n/g, "") : value);
}

/**
 * A field's value on one line as IMAP shows it: every fold becomes one blank, as programs expect that were used
 * to Dovecot. Octet 0, which no IMAP string can hold, is left out.
 */
export function unfoldToBlanks(value: string): string {
  let start = 0;
  while (isBlank(value.charCodeAt(start))) start++;
  return value
    .slice(start)
    .replace(/\r?\n[ \t]+/g, " ")
    .replaceAll("\0", "");
}

/** Text for people: every run of blanks and folds becomes one space. Octet 0 is left out. Trimmed. */
export function collapseBlanks(value: string): string {
  return trimBlanks(value.replace(/[ \t\r\n]+/g, " ").replaceAll("\0", ""));
}

/** Without spaces and tabs around it. Not `trim`, which would also cut octets of 8-bit text. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The unfolded value of the topmost field of that name (any case), or null. */
export function firstField(block: Uint8Array, name: string): string | null {
  const wanted = name.toLowerCase();
  for (const field of headerFields(block)) {
    if (field.name.toLowerCase() === wanted) return unfold(field.value);
  }
  return null;
}

/** The unfolded values of all fields of that name (any case), top to bottom. */
export function allFields(block: Uint8Array, name: string): string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (const field of headerFields(block)) {
    if (field.name.toLowerCase() === wanted) values.push(unfold(field.value));
  }
  return values;
}
