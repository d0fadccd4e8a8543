import { parseSize } from "#config/units";

/** Somebody who will come, and what is known of the old mailbox. */
export interface PersonLine {
  readonly address: string;
  readonly octets: number | null;
  /** ISO 8601. */
  readonly lastMail: string | null;
}

/**
 * Reads "carol@big-company.com, 1.2 GB, 2024-05-01" (also with semicolons or tabs): size, as a number of octets or with
 * its unit, and day of the last mail may be missing or empty.
 * @returns null when it is none
 */
export function personLine(line: string, domain: string): PersonLine | null {
  const [name = "", size = "", day = "", ...more] = line.split(/[,;\t]/).map((cell) => cell.trim());
  const octets = size === "" ? null : octetsOf(size);
  const lastMail = day === "" ? null : dayOf(day);
  if (name === "" || more.length > 0 || octets === undefined || lastMail === undefined) return null;
  return { address: name.includes("@") ? name : `${name}@${domain}`, octets, lastMail };
}

function octetsOf(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : (parseSize(text) ?? undefined);
}

function dayOf(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?$/.test(text)) return undefined;
  const day = new Date(text.length > 10 ? `${text.replace(" ", "T").replace("Z", "")}Z` : text);
  return Number.isNaN(day.getTime()) ? undefined : day.toISOString();
}
