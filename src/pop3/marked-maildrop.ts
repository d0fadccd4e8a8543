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
    const numbers = [...this.#deleted].sort((a, b) => a - b);
    return numbers.flatMap((number) => this.#maildrop.message(number)?.id ?? []);
  }

  /** The message of that number; null if there is none or it is marked. */
  message(number: number): MaildropMessage | null {
    return this.#deleted.has(number) ? null : this.#maildrop.message(number);
  }

  /** All that are not marked, in their order. */
  *listed(): Generator<NumberedMessage> {
    for (let number = 1; number <= this.#maildrop.length; number++) {
      const message = this.message(number);
      if (message) yield { number, message };
    }
  }

  /** How many are not marked, and their octets. */
  get total(): { readonly messages: number; readonly octets: number } {
    const { length, octets } = this.#maildrop;
    let deleted = 0;
    for (const number of this.#deleted) deleted += this.#maildrop.message(number)?.size ?? 0;
    return { messages: length - this.#deleted.size, octets: octets - deleted };
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
