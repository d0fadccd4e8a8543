/** Sizes and durations as people write them in a configuration file. */

const sizeUnits = new Map([
  ["", 1],
  ["b", 1],
  ["kb", 1024],
  ["mb", 1024 ** 2],
  ["gb", 1024 ** 3],
]);

const durationUnits = new Map([
  ["ms", 1],
  ["s", 1000],
  ["sec", 1000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["days", 86_400_000],
]);

/** "256 MB" in octets (1 KB is 1,024); null when it is no size. */
export function parseSize(text: string): number | null {
  return measured(text, sizeUnits);
}

/** "5 min" in milliseconds; null when it is no duration. */
export function parseDuration(text: string): number | null {
  return measured(text, durationUnits);
}

function measured(text: string, units: ReadonlyMap<string, number>): number | null {
  const found = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = units.get((found?.[2] ?? "").toLowerCase());
  if (!found || unit === undefined) return null;
  const value = Math.round(Number(found[1]) * unit);
  return Number.isSafeInteger(value) ? value : null;
}
