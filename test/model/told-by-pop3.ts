/** What one person's POP3 program was told. It believes everything, so nothing of it may ever change. */
import { type Pop3Program, sha256 } from "../programs/pop3-program.ts";
import { Excuses } from "./excuses.ts";
import { numberOf } from "./letters.ts";

export interface ToldMessage {
  readonly uidl: string;
  /** As LIST said. */
  readonly size: number;
  /** Once it was fetched. */
  text: string | null;
}

/** One message of a session. */
export interface Shown {
  readonly number: number;
  readonly message: ToldMessage;
}

export class ToldByPop3 {
  /** What was taken away by IMAP. */
  readonly excuses = new Excuses();
  readonly #who: string;
  readonly #present = new Map<string, ToldMessage>();
  /** Unique-ids that were there once and must never be again. */
  readonly #gone = new Set<string>();

  constructor(who: string) {
    this.#who = who;
  }

  /** What is in the maildrop, as it was listed last; null for what was never read. */
  get texts(): readonly (string | null)[] {
    return [...this.#present.values()].map(({ text }) => text);
  }

  /** A whole listing. @param mayVanish whether messages that were never read may be there no more */
  async list(program: Pop3Program, mayVanish: () => boolean): Promise<readonly Shown[]> {
    const uidls = await program.list();
    const sizes = await program.sizes();
    if (uidls.length !== sizes.length)
      this.#fail(`UIDL tells ${uidls.length} messages, LIST ${sizes.length}`);
    const shown = uidls.map(({ number, uidl }, index): Shown => {
      const size = sizes[index] ?? -1;
      const before = this.#present.get(uidl);
      if (before && before.size !== size) this.#fail(`the size of ${uidl} was ${before.size} and is ${size}`);
      return { number, message: before ?? { uidl, size, text: null } };
    });
    this.#compare(
      shown.map(({ message }) => message),
      mayVanish,
    );
    return shown;
  }

  /** The text of a message, octets in a latin1 string. Throws with the server's words where it cannot be had. */
  async read(program: Pop3Program, { number, message }: Shown): Promise<string> {
    const text = (await program.retrieve(number)).toString("latin1");
    if (message.text !== null && message.text !== text)
      this.#fail(`the text of ${message.uidl} was ${digest(message.text)} and is ${digest(text)}`);
    message.text = text;
    return text;
  }

  /** The person has deleted it, and the server has confirmed it. */
  deleted({ uidl }: ToldMessage): void {
    this.#present.delete(uidl);
    this.#gone.add(uidl);
  }

  #compare(listed: readonly ToldMessage[], mayVanish: () => boolean): void {
    const now = new Map(listed.map((message) => [message.uidl, message]));
    if (now.size !== listed.length) this.#fail("a unique-id is told twice");
    for (const uidl of now.keys()) {
      if (this.#gone.has(uidl)) this.#fail(`${uidl} was gone and is there again`);
    }
    for (const [uidl, { text }] of this.#present) {
      if (now.has(uidl)) continue;
      const isExcused = this.excuses.take(text === null ? null : numberOf(text));
      if (!isExcused && (text !== null || !mayVanish())) this.#fail(`${uidl} was there and is gone`);
      this.#present.delete(uidl);
      this.#gone.add(uidl);
    }
    const known = listed.filter(({ uidl }) => this.#present.has(uidl));
    const order = [...this.#present.keys()];
    if (known.some(({ uidl }, index) => uidl !== order[index])) this.#fail("the order has changed");
    if (listed.some(({ uidl }, index) => this.#present.has(uidl) !== index < known.length))
      this.#fail("a new message stands before one that was told");
    for (const message of listed) this.#present.set(message.uidl, message);
  }

  #fail(what: string): never {
    throw new Error(`${this.#who}, by POP3: ${what}`);
  }
}

function digest(text: string): string {
  return `${text.length} octets, ${sha256(Buffer.from(text, "latin1")).slice(0, 12)}`;
}
