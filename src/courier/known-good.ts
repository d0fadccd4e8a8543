import type { SmtpClient } from "#clients/smtp-client";
import { isPositive } from "#clients/smtp-replies";
import { addressKey, parseAddress } from "#mail/address";
import { askRecipient } from "./ask-recipient.ts";

/** Domains of hops for which an address is remembered. */
const capacity = 10_000;

/**
 * Addresses that a server surely has, to tell a server that knows no such person from one that refuses
 * everybody: one it accepted before, or `postmaster`, whom every domain must have (RFC 5321 §4.5.1).
 */
export class KnownGood {
  readonly #accepted = new Map<string, string>();

  /** The server of a hop accepted a recipient. */
  remember(hop: string, address: string): void {
    const key = keyOf(hop, address);
    this.#accepted.delete(key);
    this.#accepted.set(key, address);
    const oldest = this.#accepted.keys().next();
    if (this.#accepted.size > capacity && !oldest.done) this.#accepted.delete(oldest.value);
  }

  /**
   * Whether the server still accepts an address that it surely has, in the domain of `refused`. Throws as the
   * client does.
   */
  async passes(client: SmtpClient, hop: string, refused: string, heloName: string): Promise<boolean> {
    const before = this.#accepted.get(keyOf(hop, refused));
    const postmaster = `postmaster@${refused.slice(refused.lastIndexOf("@") + 1)}`;
    for (const address of [before, postmaster]) {
      if (address === undefined || same(address, refused) || !client.isOpen) continue;
      const asked = await askRecipient(client, address, heloName);
      if (asked.stage === "rcpt" && isPositive(asked.reply)) return true;
    }
    return false;
  }
}

function keyOf(hop: string, address: string): string {
  return `${hop} ${address.slice(address.lastIndexOf("@") + 1).toLowerCase()}`;
}

function same(one: string, other: string): boolean {
  const [a, b] = [parseAddress(one), parseAddress(other)];
  return a && b ? addressKey(a) === addressKey(b) : one === other;
}
