/** How numbers, sizes and times are written: another language is another folder like this one. */

const figures = new Intl.NumberFormat("en");

/** A number with its thousands apart. */
export const number = (value: number): string => figures.format(value);

/** A count and its noun. */
export const plural = (count: number, one: string, many: string): string =>
  `${number(count)} ${count === 1 ? one : many}`;
export const people = (count: number): string => plural(count, "person", "people");
export const messages = (count: number): string => plural(count, "message", "messages");
export const mailboxes = (count: number): string => plural(count, "mailbox", "mailboxes");

/** A size, in the unit that suits it. @param value octets */
export function octets(value: number): string {
  const units = ["octets", "KB", "MB", "GB", "TB"];
  let [size, unit] = [value, 0];
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size.toLocaleString("en", { maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

/** A moment, in the time of who looks at it. @param at RFC 3339, as the API tells it */
export const time = (at: string): string =>
  new Date(at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });

/** A length of time as people say it. @param seconds how long */
export function duration(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), "second", "seconds");
  if (seconds < 5400) return plural(Math.round(seconds / 60), "minute", "minutes");
  if (seconds < 129_600) return plural(Math.round(seconds / 3600), "hour", "hours");
  return plural(Math.round(seconds / 86_400), "day", "days");
}
