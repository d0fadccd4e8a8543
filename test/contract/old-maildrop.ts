/** A crossing in small: one person's old maildrop, the queue, and the mailbox here, moved step by step. */
import type { MailboxId } from "#mailbox/ids";
import { entriesOf, type Harness, inboxOf, octetsOf, value } from "./harness.ts";
import { admit, arrived, listed, start, swept } from "./ledger-words.ts";
import { inboxTexts, queueOne, recipientsOf, takeIn } from "./queue-words.ts";

/** A message in the old maildrop. The mark is the queue-recipient id that our Received field carries. */
interface OldMessage {
  readonly uidl: string;
  readonly octets: Uint8Array;
  readonly marks: readonly string[];
}

export class Crossing {
  readonly #store: Harness;
  readonly #name: string;
  readonly #old: OldMessage[] = [];
  /** Subjects of all mail that was ever sent to the person. */
  readonly sent: string[] = [];
  /** Subjects that the person has deleted, and those deleted before anyone knew what they were. */
  readonly deleted = new Set<string>();
  readonly deletedUnread = new Set<string>();
  /** Attempts that are under way to the old server: queue-recipient id and subject. */
  readonly #underWay = new Map<string, string>();
  readonly #attempted = new Set<string>();
  #mailbox: MailboxId | null = null;

  constructor(store: Harness, name: string) {
    this.#store = store;
    this.#name = name;
  }

  /** Mail from outside: for the old server until the person is admitted, then delivered here. */
  async mail(): Promise<void> {
    const subject = this.#newSubject();
    if (this.#mailbox) await takeIn(this.#store, octetsOf(subject), [this.#mailbox], []);
    else await queueOne(this.#store, `${this.#name}@big-company.com`, undefined, octetsOf(subject));
  }

  /** Mail of a colleague on the old server, which we never see. */
  async oldMail(): Promise<void> {
    this.#arriveThere(this.#newSubject(), []);
  }

  /** An attempt to the old server is begun; each message is tried once before its owner moves. */
  async begin(): Promise<void> {
    if (this.#mailbox) return;
    const next = (await this.#queued()).find((one) => !this.#attempted.has(one.id));
    if (!next) return;
    await this.#store.queue.begin([next.id]);
    this.#attempted.add(next.id);
    this.#underWay.set(next.id, await this.#subjectOf(next.message.id));
  }

  /** The old server takes what is under way, whoever's mailbox it is by now; its answer arrives or is lost. */
  async land(isAnswered: boolean): Promise<void> {
    for (const [recipient, subject] of this.#underWay) {
      this.#arriveThere(subject, [recipient]);
      const reply = { reply: "no answer", nextTry: start, mayHaveArrived: true, report: null };
      await this.#store.queue.finish([
        isAnswered
          ? { kind: "delivered", recipient, report: null }
          : { kind: "deferred", recipient, ...reply },
      ]);
    }
    this.#underWay.clear();
  }

  async admit(): Promise<void> {
    if (this.#mailbox) return;
    const listing = this.#old.map(({ uidl, octets }) => listed(uidl, octets.length));
    this.#mailbox = (await admit(this.#store, listing)).mailbox;
  }

  /** What is queued and not under way is routed anew, and delivered here. */
  async deliverHere(): Promise<void> {
    if (!this.#mailbox) return;
    for (const { id } of await this.#queued()) {
      if (!this.#underWay.has(id)) value(await this.#store.queue.deliverHere(id, this.#mailbox, start));
    }
  }

  async copy(count: number): Promise<void> {
    if (!this.#mailbox) return;
    const rows = (await this.#store.ledger.remoteRows(this.#mailbox)).slice(0, count);
    const found = rows.flatMap((row) => {
      const message = this.#old.find((one) => one.uidl === row.uidl);
      return message ? [arrived(row, message.octets, message.marks)] : [];
    });
    await this.#store.ledger.arrive(this.#mailbox, found, start);
  }

  /** @param isBlind takes everything for new, as a sweep does whose listing was taken before another one's commit */
  async sweep(isBlind: boolean): Promise<void> {
    if (!this.#mailbox) return;
    const known = new Set((await this.#store.ledger.rows(this.#mailbox)).map((row) => row.uidl));
    const found = this.#old.filter((one) => isBlind || !known.has(one.uidl));
    await this.#store.ledger.adopt(
      this.#mailbox,
      found.map((one) => swept(one.uidl, one.octets, one.marks)),
      start,
    );
  }

  async delete(which: number): Promise<void> {
    if (!this.#mailbox) return;
    const inbox = await inboxOf(this.#store, this.#mailbox);
    const entries = await entriesOf(this.#store, inbox);
    const texts = await inboxTexts(this.#store, this.#mailbox);
    const index = which % entries.length;
    const entry = entries[index];
    if (!entry) return;
    if (entry.isHere) this.deleted.add(subjectIn(texts[index] ?? ""));
    else this.deletedUnread.add(subjectIn(String(this.#old.find((one) => one.uidl === entry.uidl)?.octets)));
    value(await this.#store.mail.expunge(inbox.id, [entry.id]));
  }

  /** The server stops and starts; what was under way is lost from sight. */
  async restart(): Promise<void> {
    await this.#store.reopen();
    await this.#store.queue.recover(start);
    for (const [recipient, subject] of this.#underWay) this.#arriveThere(subject, [recipient]);
    this.#underWay.clear();
  }

  /** Until nothing is left to be done, whoever comes first. */
  async settle(isQueueFirst: boolean): Promise<void> {
    await this.land(false);
    await this.admit();
    if (isQueueFirst) await this.deliverHere();
    await this.copy(1000);
    await this.sweep(false);
    await this.deliverHere();
  }

  /** The subjects in the INBOX; "(remote)" for what is not here. */
  async subjects(): Promise<string[]> {
    const texts = this.#mailbox ? await inboxTexts(this.#store, this.#mailbox) : [];
    return texts.map((text) => (text.startsWith("From") ? subjectIn(text) : text));
  }

  #newSubject(): string {
    const subject = `${this.#name} ${this.sent.length}`;
    this.sent.push(subject);
    return subject;
  }

  #arriveThere(subject: string, marks: readonly string[]): void {
    this.#old.push({ uidl: `u${this.#old.length}`, octets: octetsOf(subject), marks });
  }

  async #queued() {
    const address = `${this.#name}@big-company.com`;
    return (await recipientsOf(this.#store)).filter((one) => one.address === address);
  }

  async #subjectOf(message: string): Promise<string> {
    const read = await this.#store.queue.read(message, 0);
    const chunks: Uint8Array[] = [];
    for await (const chunk of read ?? []) chunks.push(chunk);
    return subjectIn(String(Buffer.concat(chunks)));
  }
}

function subjectIn(text: string): string {
  return /^Subject: (.*)\r$/m.exec(text)?.[1] ?? "";
}
