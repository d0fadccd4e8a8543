import { type Cursor, SyntaxProblem } from "./cursor.ts";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const dateSyntax = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/;
const dateTimeSyntax = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;

/** Days since 1970. */
const dayMilliseconds = 86_400_000;

/** The day of a moment in epoch milliseconds, by UTC. */
export function dayOf(time: number): number {
  return Math.floor(time / dayMilliseconds);
}

/** `date` (RFC 3501 §9), quoted or not, as days since 1970. */
export function date(cursor: Cursor): number {
  const [, day = "", month = "", year = ""] = dateSyntax.exec(cursor.astring("A date")) ?? [];
  const start = midnight(year, month, day);
  if (start === null) throw new SyntaxProblem("A date is expected, like 1-Feb-2024.");
  return dayOf(start);
}

/** `date-time` (RFC 3501 §9) in epoch milliseconds. */
export function dateTime(cursor: Cursor): number {
  const found = dateTimeSyntax.exec(cursor.string("A date and time")) ?? [];
  const [, day = "", month = "", year = "", ...clock] = found;
  const start = midnight(year, month, day.trim());
  const [hour = 0, minute = 0, second = 0, , zoneHours = 0, zoneMinutes = 0] = clock.map(Number);
  if (start === null || hour > 23 || minute > 59 || second > 60 || zoneMinutes > 59 || zoneHours > 14)
    throw new SyntaxProblem('A date and time is expected, like " 1-Feb-2024 12:00:00 +0000".');
  const zone = (zoneHours * 60 + zoneMinutes) * (clock[3] === "-" ? -1 : 1);
  return start + ((hour * 60 + minute - zone) * 60 + second) * 1000;
}

/** Null if there is no such day. */
function midnight(year: string, month: string, day: string): number | null {
  const time = new Date(0);
  time.setUTCFullYear(Number(year), months.indexOf(month.toLowerCase()), Number(day));
  const isThere = time.getUTCDate() === Number(day) && months[time.getUTCMonth()] === month.toLowerCase();
  return isThere && year !== "" ? time.getTime() : null;
}
