const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** RFC 5322 §4.3, in hours. The military letters mean nothing reliable and count as UTC, as the RFC advises. */
const namedZones: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  cet: 1,
  cest: 2,
  met: 1,
  mest: 2,
  bst: 1,
  jst: 9,
}; // prettier-ignore

/** Longer than any date with its comments; what comes after is not read. */
const maximumLength = 500;

/**
 * Reads the date of a Date or Received field (RFC 5322 §3.3 and §4.3): with or without day of week, seconds
 * and zone, with comments and blanks anywhere, two-digit years, named zones; also the order of asctime and
 * ISO 8601, which programs write in spite of the RFC. Null if there is no such day or time.
 */
export function parseDate(text: string): Date | null {
  const written = readDate(text);
  return written && new Date(written.clock - written.offset * 60_000);
}

/**
 * The day that a date field names, wherever its writer was: IMAP's SENTON and its like disregard time and zone
 * (RFC 3501 §6.4.4). Days since 1970; null if there is no such day or time.
 */
export function writtenDay(text: string): number | null {
  const written = readDate(text);
  return written && Math.floor(written.clock / 86_400_000);
}

interface WrittenDate {
  /** What the writer's clock showed, as if it showed UTC, in milliseconds. */
  readonly clock: number;
  /** Minutes east of UTC. */
  readonly offset: number;
}

/** The form that RFC 5322 §3.3 asks for and nearly all mail has, perhaps with a comment. */
const usualForm =
  /^\s*(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) ([+-]\d{4})(?: \([A-Za-z ]*\))?\s*$/;

/** A date in the usual form, without looking for all that others write; null if it is not in that form. */
function readUsual(text: string): WrittenDate | null {
  const match = text.length <= maximumLength ? usualForm.exec(text) : null;
  const month = months.indexOf((match?.[2] ?? "").toLowerCase());
  const time = match && month >= 0 ? parseTime(match[4] ?? "") : null;
  return (
    match && time && compose(Number(match[3]), month, Number(match[1]), time, parseZone(match[5] ?? "") ?? 0)
  );
}

function readDate(text: string): WrittenDate | null {
  const usual = readUsual(text);
  if (usual) return usual;
  const words = withoutComments(text.slice(0, maximumLength))
    .replace(/\s*:\s*/g, ":")
    .trim();
  return parseIso(words) ?? parseWords(words.split(/[\s,]+/).filter((word) => word !== ""));
}

function parseWords(words: readonly string[]): WrittenDate | null {
  let day: number | null = null;
  let month: number | null = null;
  let year: number | null = null;
  let time: readonly number[] | null = null;
  let offset: number | null = null;
  for (const word of words.flatMap(splitDashes)) {
    if (time === null && /^\d{1,2}[:.]\d{1,2}/.test(word)) {
      time = parseTime(word);
      if (time === null) return null;
      const attached = /[+-]\d{4}$|[A-Za-z]+$/.exec(word);
      if (attached !== null) offset = parseZone(attached[0]);
    } else if (/^\d{1,4}$/.test(word)) {
      if (day === null && word.length <= 2) day = Number(word);
      else if (year === null) year = fullYear(word);
    } else if (month === null && months.includes(word.slice(0, 3).toLowerCase())) {
      month = months.indexOf(word.slice(0, 3).toLowerCase());
    } else if (time !== null) {
      if (/^[ap]m$/i.test(word)) time = onTwelveHourClock(time, word);
      else offset ??= parseZone(word);
    }
  }
  if (day === null || month === null || year === null) return null;
  return compose(year, month, day, time ?? [0, 0, 0], offset ?? 0);
}

/** `4-Mar-2025` as IMAP and old programs write it. */
function splitDashes(word: string): string[] {
  return /^\d{1,2}-[A-Za-z]{3}-\d{2,4}$/.test(word) ? word.split("-") : [word];
}

function parseTime(word: string): readonly number[] | null {
  const match = /^(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2}))?/.exec(word);
  if (match === null) return null;
  const [hour = 0, minute = 0, second = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return hour < 24 && minute < 60 && second <= 60 ? [hour, minute, second] : null;
}

function onTwelveHourClock(time: readonly number[], half: string): readonly number[] {
  const [hour = 0, ...rest] = time;
  return hour > 12 ? time : [(hour % 12) + (half.toLowerCase() === "pm" ? 12 : 0), ...rest];
}

/** Minutes east of UTC; null if the word is no zone. A zone no clock can have counts as UTC. */
function parseZone(word: string): number | null {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(word);
  if (match !== null) {
    const [hours, minutes] = [Number(match[2]), Number(match[3])];
    if (hours > 14 || minutes > 59) return 0;
    return (match[1] === "-" ? -1 : 1) * (hours * 60 + minutes);
  }
  if (!/^[A-Za-z]+$/.test(word)) return null;
  return (namedZones[word.toLowerCase()] ?? 0) * 60;
}

/** RFC 5322 §4.3: two digits up to 49 are of this century, other short years count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  return digits.length <= 2 && year < 50 ? 2000 + year : 1900 + year;
}

function parseIso(text: string): WrittenDate | null {
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)? ?(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text);
  if (match === null) return null;
  const time = parseTime(match[4] ?? "0:0");
  if (time === null) return null;
  return compose(
    Number(match[1]),
    Number(match[2]) - 1,
    Number(match[3]),
    time,
    parseZone(match[5] ?? "Z") ?? 0,
  );
}

function compose(
  year: number,
  month: number,
  day: number,
  time: readonly number[],
  offset: number,
): WrittenDate | null {
  const midnight = new Date(Date.UTC(year, month, day));
  if (year < 1900 || midnight.getUTCMonth() !== month || midnight.getUTCDate() !== day) return null;
  const [hour = 0, minute = 0, second = 0] = time;
  return { clock: midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000, offset };
}

/** RFC 5322 §3.2.2: comments nest, and a backslash takes the next octet's meaning away. */
function withoutComments(text: string): string {
  if (!text.includes("(")) return text;
  let kept = "";
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "(") depth++;
    else if (character === ")") depth = Math.max(0, depth - 1);
    else if (character === "\\") at++;
    else if (depth === 0) kept += character;
    if (depth === 0 && character === ")") kept += " ";
  }
  return kept;
}

/** `Tue, 4 Mar 2025 10:11:12 +0000` (RFC 5322 §3.3), to the second. */
export function formatDate(date: Date): string {
  // toISOString and not toUTCString: its form is fixed for every year that mail can have.
  const [year, month, day] = date.toISOString().slice(0, 10).split("-");
  const name = months[Number(month) - 1] ?? "";
  const monthName = name.charAt(0).toUpperCase() + name.slice(1);
  const time = date.toISOString().slice(11, 19);
  return `${weekdays[date.getUTCDay()]}, ${Number(day)} ${monthName} ${year} ${time} +0000`;
}
