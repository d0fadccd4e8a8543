/** Longer than this no server is waited for on its words alone. Milliseconds. */
const longest = 60 * 60_000;

const units: readonly (readonly [RegExp, number])[] = [
  [/^s/i, 1000],
  [/^m/i, 60_000],
  [/^h/i, 60 * 60_000],
];

/**
 * How long a refusal asks to wait, where it says so: "wait 5 minutes", "login limit for a 15 minute period".
 * @returns milliseconds, an hour at most; null where it says nothing of the kind
 */
export function delayInWords(text: string): number | null {
  const found = /(?<![\d.])(\d{1,6}|an?|one)[\s-]*(seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h)\b/i.exec(
    text,
  );
  if (!found) return null;
  const [, count = "", unit = ""] = found;
  const factor = units.find(([pattern]) => pattern.test(unit))?.[1] ?? 0;
  const milliseconds = (/^\d/.test(count) ? Number(count) : 1) * factor;
  return milliseconds > 0 ? Math.min(milliseconds, longest) : null;
}
