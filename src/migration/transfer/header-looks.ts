/**
 * Whether an old server may be asked for headers of messages that it does not give. There are servers that delete what
 * TOP shows, so the first one that is asked for is of a message that is here already, and the next listing tells.
 * What is learnt is forgotten with the program; learning it costs one command.
 */
import type { MailboxId } from "#mailbox/ids";
import { countOf, type Identified, type IdentifiedListing, nameOf } from "../identity/listing.ts";
import type { Migration } from "../migration.ts";
import { serverKey } from "../old-server/connections.ts";

type Moved = Pick<Migration, "oldServer">;

type Look =
  | { readonly kind: "asked"; readonly mailbox: MailboxId; readonly name: string }
  | { readonly kind: "sound" }
  /** It shows no headers, or takes away what it shows. */
  | { readonly kind: "unsound" };

export class HeaderLooks {
  readonly #looks = new Map<string, Look>();

  /** yes: for any message. once: for one that is here already. */
  mayAsk({ oldServer }: Moved): "yes" | "once" | "no" {
    const look = this.#looks.get(serverKey(oldServer));
    if (!look) return "once";
    return look.kind === "sound" ? "yes" : "no";
  }

  /** The header of a message that is here was shown, or not. */
  asked({ oldServer }: Moved, mailbox: MailboxId, message: Identified, isShown: boolean): void {
    const look: Look = isShown ? { kind: "asked", mailbox, name: nameOf(message) } : { kind: "unsound" };
    this.#looks.set(serverKey(oldServer), look);
  }

  /** A later session has listed a maildrop. */
  listed({ oldServer }: Moved, mailbox: MailboxId, listing: IdentifiedListing): void {
    const key = serverKey(oldServer);
    const look = this.#looks.get(key);
    if (look?.kind !== "asked" || look.mailbox !== mailbox) return;
    const isThere = countOf(listing, (one) => nameOf(one) === look.name) > 0;
    this.#looks.set(key, { kind: isThere ? "sound" : "unsound" });
  }
}
