import type { FolderId, MailboxId, MessageId } from "#mailbox/ids";
import type { Maildrop, MaildropMessage } from "#mailbox/maildrop";

/** A message that a session may name, by its number. */
export interface NumberedMessage {
  readonly number: number;
  readonly message: MaildropMessage;
}

/** A session's snapshot of the maildrop, and which of its messages it has marked as deleted (RFC 1939 §5). */
export class MarkedMaildrop {
  readonly #maildrop: Maildrop;
  readonly #deleted = new Set<number>();

  constructor(maildrop: Maildrop) {
    this.#maildrop = maildrop;
  }

  get mailbox(): MailboxId {
    return this.#maildrop.mailbox;
  }
  get folder(): FolderId {
    return this.#maildrop.folder;
  }
  /** What QUIT removes. */
  get deleted(): readonly MessageId[] {
    return this.#maildrop.messages.filter((_, index) => this.#deleted.has(index + 1)).map(({ id }) => id);
  }

  /** The message of that number; null if there is none or it is marked. */
  message(number: number): MaildropMessage | null {
    return this.#deleted.has(number) ? null : (this.#maildrop.messages[number - 1] ?? null);
  }

  /** All that are not marked, in their order. */
  *listed(): Generator<NumberedMessage> {
    for (const [index, message] of this.#maildrop.messages.entries()) {
      if (!this.#deleted.has(index + 1)) yield { number: index + 1, message };
    }
  }

  /** How many are not marked, and their octets. */
  get total(): { readonly messages: number; readonly octets: number } {
    let octets = 0;
    for (const { message } of this.listed()) octets += message.size;
    return { messages: this.#maildrop.messages.length - this.#deleted.size, octets };
  }

  /** Marks a message that `message` gives. */
  delete(number: number): void {
    this.#deleted.add(number);
  }

  /** Takes every mark away. */
  reset(): void {
    this.#deleted.clear();
  }
}
