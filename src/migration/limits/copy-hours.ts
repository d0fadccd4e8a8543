/**
 * The hours in which old mail may be copied, as an administrator writes them: "22:00-06:00", or
 * "Mon-Fri 22:00-06:00, Sat-Sun". They go by what a clock on the wall shows: where it is put forward or back
 * the hours begin and end by the clock all the same.
 */
import { done, failed, type Outcome } from "#mailbox/problem";

/** On these days (0: Sunday), from a minute of the day to another; where that is earlier, on the next day. */
interface Span {
  readonly days: readonly number[];
  readonly from: number;
  readonly to: number;
}

export interface CopyHours {
  readonly spans: readonly Span[];
  /** Written out: each span with its days, where these are not all, and its times. */
  readonly text: string;
}

/** What a clock on the wall shows. */
export interface WallTime {
  /** 0: Sunday. */
  readonly day: number;
  /** Of the day, 0 to 1439. */
  readonly minute: number;
}

/** What the clocks of a place show at a time (epoch milliseconds). */
export type WallClock = (at: number) => WallTime;

const dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const fullNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const everyDay = [0, 1, 2, 3, 4, 5, 6];
const wholeDay = 24 * 60;
const minute = 60_000;
/** Clocks are put forward and back at quarters of an hour only. */
const quarter = 15;
/** From a time in a week to the same in the next, with an hour that may be missing. */
const longestWait = 8 * wholeDay;
const most = 50;
const form = `write them as "22:00-06:00", "Mon-Fri 22:00-06:00, Sat-Sun", or "always"`;

/** Reads copy hours; null: always. What is wrong is named. */
export function parseCopyHours(text: string): Outcome<CopyHours | null> {
  if (text.trim().toLowerCase() === "always") return done(null);
  const parts = text.split(",");
  if (parts.length > most) return failed("invalid", `Copy hours: more than ${most} spans; ${form}.`);
  const spans: Span[] = [];
  for (const part of parts) {
    const span = parseSpan(part);
    if (typeof span === "string") return failed("invalid", `Copy hours: ${span}; ${form}.`);
    spans.push(span);
  }
  return done({ spans, text: spans.map(spanText).join(", ") });
}

/** One span, or what is wrong with it. */
function parseSpan(part: string): Span | string {
  const words = part
    .trim()
    .replaceAll(/\s*-\s*/g, "-")
    .split(/\s+/)
    .filter((word) => word !== "");
  let days: readonly number[] | null = null;
  let times: Pick<Span, "from" | "to"> | null = null;
  if (words.length === 0) return "there is an empty span";
  for (const word of words) {
    if (/\d/.test(word)) {
      if (times) return `"${word}" is a second time in one span: separate spans by commas`;
      const found = timesOf(word);
      if (typeof found === "string") return found;
      times = found;
    } else {
      if (days || times) return `"${word}" is out of place: a span is its days, then its time`;
      const found = daysOf(word);
      if (typeof found === "string") return found;
      days = found;
    }
  }
  return {
    days: days === null || days.length === 7 ? everyDay : days,
    from: times?.from ?? 0,
    to: times?.to ?? wholeDay,
  };
}

function daysOf(word: string): readonly number[] | string {
  const ends: number[] = [];
  for (const name of word.split("-")) {
    const day = fullNames.findIndex((full) => name.length >= 3 && full.startsWith(name.toLowerCase()));
    if (day < 0) return `"${name}" is no day of the week (${dayNames.join(", ")})`;
    ends.push(day);
  }
  const [from, to = from, ...others] = ends;
  if (from === undefined || to === undefined || others.length > 0) return `"${word}" is no span of days`;
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, index) => (from + index) % 7);
}

function timesOf(word: string): Pick<Span, "from" | "to"> | string {
  const found = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(word);
  if (!found) return `"${word}" is no span of times such as 22:00-06:00`;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = found.slice(1).map(Number);
  const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
  if (fromMinute > 59 || toMinute > 59 || from >= wholeDay || to > wholeDay) {
    return `"${word}" has a time that no clock shows`;
  }
  return from === to ? `"${word}" begins where it ends` : { from, to };
}

function spanText({ days, from, to }: Span): string {
  const [first = 0] = days;
  const last = days.at(-1) ?? first;
  const names = days.length === 1 ? dayNames[first] : `${dayNames[first]}-${dayNames[last]}`;
  const times = `${timeText(from)}-${timeText(to)}`;
  if (days.length === 7) return times;
  return to - from === wholeDay ? `${names}` : `${names} ${times}`;
}

function timeText(minuteOfDay: number): string {
  const two = (figure: number): string => String(figure).padStart(2, "0");
  return `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}

/** Whether a clock on the wall shows a time in these hours. */
export function isWithin({ spans }: CopyHours, { day, minute: now }: WallTime): boolean {
  return spans.some(({ days, from, to }) => {
    if (from < to) return days.includes(day) && now >= from && now < to;
    return (days.includes(day) && now >= from) || (days.includes((day + 6) % 7) && now < to);
  });
}

/**
 * When the hours begin next: epoch milliseconds of a whole minute; `at` itself within them.
 * @param at epoch milliseconds
 */
export function opensAt(hours: CopyHours, clock: WallClock, at: number): number {
  if (isWithin(hours, clock(at))) return at;
  const first = Math.floor(at / minute) + 1;
  for (let start = first; start < first + longestWait; ) {
    const wall = clock(start * minute);
    const end = (Math.floor(start / quarter) + 1) * quarter;
    for (let now = start; now < end; now++) {
      const passed = wall.minute + now - start;
      const day = (wall.day + Math.floor(passed / wholeDay)) % 7;
      if (isWithin(hours, { day, minute: passed % wholeDay })) return now * minute;
    }
    start = end;
  }
  // A span that this week's change of the clocks left out: a week later it is there.
  return at + 7 * wholeDay * minute;
}

/** When they begin, for people: "22:00", with its day where that is not within a day. */
export function openingText(opens: number, now: number, clock: WallClock): string {
  const { day, minute: minuteOfDay } = clock(opens);
  const time = timeText(minuteOfDay);
  return opens - now < wholeDay * minute ? time : `${dayNames[day]} ${time}`;
}

/** The clocks of a time zone (IANA's name); without one, of this machine's. */
export function wallClock(timeZone?: string): WallClock {
  const format = new Intl.DateTimeFormat("en-US", {
    ...(timeZone === undefined ? {} : { timeZone }),
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const weekday = parts.get("weekday");
    const day = weekday === undefined ? -1 : dayNames.indexOf(weekday);
    return { day, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
  };
}

/** The name of this machine's time zone. */
export function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
