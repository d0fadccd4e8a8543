const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text in UTF-8 that came as octets (latin1); null if it is none, or has control characters. */
export function decodeUtf8(octets: string): string | null {
  try {
    const text = decoder.decode(Buffer.from(octets, "latin1"));
    return /[\x00-\x1f\x7f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}
