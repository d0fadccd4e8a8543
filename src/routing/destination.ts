/** Where a recipient's mail goes, as routing decides it: at acceptance and again at every delivery attempt. */
import type { Mailbox } from "#directory/directory-store";

/** Why a recipient is refused or put off, in SMTP's words (RFC 5321 §4.2, RFC 3463). */
export interface Refusal {
  /** 4xx: try again later; 5xx: never. */
  readonly code: number;
  /** Enhanced status code, such as "5.1.1". */
  readonly enhanced: string;
  readonly text: string;
}

export type Destination =
  /** Delivered here. */
  | { readonly kind: "mailbox"; readonly mailbox: Mailbox["id"]; readonly address: string }
  /** Through the remote domain `route`, the recipient as given. */
  | { readonly kind: "pipe"; readonly route: string; readonly address: string }
  /** To the servers of the address's own domain: a remote domain of ours, or by MX. */
  | { readonly kind: "relay"; readonly domain: string; readonly address: string };

/** One recipient may have several destinations (an alias with several targets), never none when routed. */
export type Route =
  | { readonly kind: "routed"; readonly destinations: readonly Destination[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };
