/** What an administrator lets a move take of the old server: bandwidth, connections, and the hours of copying. */
import { done, failed, type Outcome } from "#mailbox/problem";
import { parseCopyHours } from "./copy-hours.ts";

export interface MigrationLimits {
  /** Octets a second that copying may take; null: no limit. */
  readonly bandwidth: number | null;
  /** Connections at once, for whatever purpose; null: as configured. */
  readonly connections: number | null;
  /** When old mail may be copied (see copy-hours); null: always. */
  readonly copyHours: string | null;
}

/** As written; what is left out stays as it is. */
export interface AskedLimits {
  /** "2 MB/s", "none". */
  readonly bandwidth?: string | undefined;
  /** "4"; "usual": as configured. */
  readonly connections?: string | undefined;
  /** "22:00-06:00", "always". */
  readonly copyHours?: string | undefined;
}

export const noLimits: MigrationLimits = { bandwidth: null, connections: null, copyHours: null };

const units = new Map([
  ["", 1],
  ["B", 1],
  ["kB", 1024],
  ["KB", 1024],
  ["MB", 1024 ** 2],
  ["GB", 1024 ** 3],
]);
/** Below this a copy would never end; it is a slip of the pen. */
const leastBandwidth = 1024;
const mostConnections = 1000;

/** Reads what an administrator wrote; what is wrong is named. */
export function parseLimits(asked: AskedLimits): Outcome<Partial<MigrationLimits>> {
  let limits: Partial<MigrationLimits> = {};
  if (asked.bandwidth !== undefined) {
    const bandwidth = parseBandwidth(asked.bandwidth);
    if (!bandwidth.ok) return bandwidth;
    limits = { ...limits, bandwidth: bandwidth.value };
  }
  if (asked.connections !== undefined) {
    const connections = parseConnections(asked.connections);
    if (!connections.ok) return connections;
    limits = { ...limits, connections: connections.value };
  }
  if (asked.copyHours !== undefined) {
    const copyHours = parseCopyHours(asked.copyHours);
    if (!copyHours.ok) return copyHours;
    limits = { ...limits, copyHours: copyHours.value?.text ?? null };
  }
  return done(limits);
}

function parseBandwidth(text: string): Outcome<number | null> {
  const form = `write "2 MB/s", "500 kB/s" (1 kB is 1,024 octets), or "none"`;
  const wrong = (what: string) => failed("invalid", `Bandwidth: ${what}; ${form}.`);
  if (text.trim().toLowerCase() === "none") return done(null);
  const found = /^\s*(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]*)(\/s)?\s*$/i.exec(text);
  if (!found) return wrong(`"${text.slice(0, 100)}" is none`);
  const [, figure, name = "", perSecond] = found;
  const unit = units.get(name);
  // Mb and Mbit are bits: an eighth of what they look like.
  if (unit === undefined) return wrong(`"${name}" is no unit of octets`);
  if (name !== "" && perSecond === undefined) return wrong(`"${text.trim()}" lacks "/s"`);
  const octets = Math.round(Number(figure) * unit);
  if (octets < leastBandwidth) return wrong(`${octets} octets a second would copy nothing`);
  return done(octets);
}

function parseConnections(text: string): Outcome<number | null> {
  if (text.trim().toLowerCase() === "usual") return done(null);
  const connections = /^\s*\d{1,4}\s*$/.test(text) ? Number(text) : 0;
  if (connections >= 1 && connections <= mostConnections) return done(connections);
  const what = `"${text.slice(0, 100)}" is no number from 1 to ${mostConnections}`;
  return failed("invalid", `Connections: ${what}; write "usual" for the configured number.`);
}
