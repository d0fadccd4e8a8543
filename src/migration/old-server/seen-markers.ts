/** Servers that are known to mark what POP3 reads as seen. POP3 itself shows nothing of it. */

/** One of them. */
export interface SeenMarker {
  readonly name: string;
  /** "It marks" or "Unless …, it marks": what comes before "marks". */
  readonly unless: string;
  /** What an administrator can do about it. */
  readonly do: string;
}

const markers: readonly (SeenMarker & { readonly pattern: RegExp })[] = [
  {
    name: "Dovecot",
    pattern: /dovecot/i,
    unless: "Unless pop3_no_flag_updates is set there, it",
    do: "If that matters, set pop3_no_flag_updates = yes over there before you begin.",
  },
  {
    name: "Courier",
    pattern: /courier/i,
    unless: "It",
    do: "Nothing can be set over there. If it matters to people who look there by IMAP or webmail, tell them beforehand.",
  },
];

/** @param said what a server says of itself: its greeting, its capabilities */
export function seenMarkerOf(said: string): SeenMarker | null {
  return markers.find(({ pattern }) => pattern.test(said)) ?? null;
}
