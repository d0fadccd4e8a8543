/** xtext (RFC 3461 §4): printable ASCII, everything else as `+` and two hex digits. */

/**
 * Decodes xtext. Null if it is none, or if it hides control characters: they would end lines in reports.
 * Octets above 127, plain (RFC 6533) or encoded, are read as UTF-8.
 */
export function decodeXtext(text: string): string | null {
  if (!/^(?:[^+\s]|\+[0-9A-Fa-f]{2})*$/.test(text)) return null;
  const octets = Buffer.from(text).toString("latin1");
  const decoded = octets.replace(/\+([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const value = Buffer.from(decoded, "latin1").toString();
  return /[\x00-\x1f\x7f\ufffd]/.test(value) ? null : value;
}
