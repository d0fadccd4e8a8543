import type { Refusal } from "./destination.ts";

/**
 * What a remote server says about a recipient, asked with RCPT and without DATA.
 * `policy`: it refuses us, not the recipient (5.7.x, 530, MAIL refused). `silent`: no usable answer.
 */
export type RecipientAnswer =
  | { readonly answer: "accepted"; readonly acceptsEverything: boolean }
  | { readonly answer: "no-such-mailbox"; readonly refusal: Refusal }
  | { readonly answer: "policy"; readonly reply: string }
  | { readonly answer: "silent"; readonly reason: string };

/** The port through which routing asks the old server whether it knows a recipient. Answers are cached there. */
export interface RecipientCheck {
  /** @param route name of the remote domain */
  ask(route: string, recipient: string): Promise<RecipientAnswer>;
  /** Whether a connection from this address comes from a delivery host of the route; such are never asked back. */
  isHostOf(route: string, peerAddress: string): Promise<boolean>;
}
