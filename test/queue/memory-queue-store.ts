/** The queue's port in memory, for tests that crash it many times: what a commit made stays, what was cut off does not. */
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type {
  AttemptResult,
  Intake,
  QueuedRecipient,
  QueueStore,
  QueueTotals,
  Report,
  Via,
} from "#queue/queue-store";

interface Row {
  readonly recipient: QueuedRecipient;
  readonly begun: boolean;
}

/** What survives a crash. */
export class QueueDisk {
  readonly rows = new Map<string, Row>();
  /** Reports that were committed, by what was reported on. */
  readonly reports: Report[] = [];
  /** What is in mailboxes here, by the id of the queued recipient it came from. */
  readonly inbox: string[] = [];
  /** Marks that sweeps brought, or deliveries left. */
  readonly marks = new Set<string>();

  put(recipient: QueuedRecipient): void {
    this.rows.set(recipient.id, { recipient, begun: false });
  }

  /** A sweep of the old server brings what lies there, once. */
  sweep(lyingThere: Iterable<string>): void {
    for (const id of lyingThere) {
      if (this.marks.has(id)) continue;
      this.marks.add(id);
      this.inbox.push(id);
    }
  }
}

/** One life of the program with a disk. Once it is cut off, nothing is written or read any more. */
export class MemoryQueueStore implements QueueStore {
  readonly #disk: QueueDisk;
  #isCutOff = false;

  constructor(disk: QueueDisk) {
    this.#disk = disk;
  }

  cutOff(): void {
    this.#isCutOff = true;
  }

  /** Takes reports, which have nobody to be queued for. */
  async intake(intake: Intake): Promise<readonly QueuedRecipient[]> {
    this.#alive();
    this.#disk.reports.push(intake);
    return [];
  }

  async due(now: number, limit: number, except: readonly Via[] = []): Promise<readonly QueuedRecipient[]> {
    this.#alive();
    return [...this.#disk.rows.values()]
      .filter(({ recipient, begun }) => !begun && !recipient.held && recipient.nextTry <= now)
      .filter(({ recipient: { via } }) => !except.some(({ kind, to }) => kind === via.kind && to === via.to))
      .map(({ recipient }) => recipient)
      .sort((a, b) => a.nextTry - b.nextTry)
      .slice(0, limit);
  }

  async nextDue(): Promise<number | null> {
    this.#alive();
    const times = [...this.#disk.rows.values()]
      .filter(({ recipient, begun }) => !begun && !recipient.held)
      .map(({ recipient }) => recipient.nextTry);
    return times.length === 0 ? null : Math.min(...times);
  }

  async begin(recipients: readonly string[]): Promise<readonly string[]> {
    this.#alive();
    return recipients.filter((id) => {
      const row = this.#disk.rows.get(id);
      if (!row || row.begun || row.recipient.held) return false;
      const recipient = { ...row.recipient, attempts: row.recipient.attempts + 1 };
      this.#disk.rows.set(id, { recipient, begun: true });
      return true;
    });
  }

  async finish(results: readonly AttemptResult[]): Promise<void> {
    this.#alive();
    for (const result of results) {
      const row = this.#disk.rows.get(result.recipient);
      if (!row?.begun) throw new Error(`${result.recipient} is not under way`);
      if (result.report) this.#disk.reports.push(result.report);
      if (result.kind !== "deferred") this.#disk.rows.delete(result.recipient);
      else {
        const { nextTry, mayHaveArrived, reply: lastReply } = result;
        const recipient = { ...row.recipient, nextTry, mayHaveArrived, lastReply };
        this.#disk.rows.set(result.recipient, { recipient, begun: false });
      }
    }
  }

  async release(recipients: readonly string[], nextTry: number): Promise<void> {
    this.#alive();
    for (const id of recipients) {
      const row = this.#disk.rows.get(id);
      if (row) this.#disk.rows.set(id, { recipient: { ...row.recipient, nextTry }, begun: false });
    }
  }

  async deliverHere(recipient: string, _: MailboxId): Promise<Outcome<"delivered" | "already-here">> {
    this.#alive();
    if (!this.#disk.rows.delete(recipient)) return failed("not-found", "no such recipient");
    const isHere = this.#disk.marks.has(recipient);
    this.#disk.sweep([recipient]);
    return done(isHere ? "already-here" : "delivered");
  }

  async recover(now: number): Promise<number> {
    this.#alive();
    let recovered = 0;
    for (const [id, { recipient, begun }] of this.#disk.rows) {
      if (!begun) continue;
      recovered++;
      this.#disk.rows.set(id, {
        recipient: { ...recipient, mayHaveArrived: true, nextTry: now },
        begun: false,
      });
    }
    return recovered;
  }

  async hurry(): Promise<void> {
    this.#alive();
  }

  async recipient(id: string): Promise<QueuedRecipient | null> {
    return this.#disk.rows.get(id)?.recipient ?? null;
  }

  async list(): Promise<readonly QueuedRecipient[]> {
    return [...this.#disk.rows.values()].map(({ recipient }) => recipient);
  }

  async totals(): Promise<readonly QueueTotals[]> {
    return [];
  }

  async read(): Promise<AsyncIterable<Uint8Array> | null> {
    this.#alive();
    return (async function* () {
      yield Buffer.from("Subject: x\r\n\r\nx\r\n");
    })();
  }

  async hold(): Promise<Outcome<void>> {
    return done(undefined);
  }

  async retry(): Promise<Outcome<void>> {
    return done(undefined);
  }

  async drop(): Promise<Outcome<void>> {
    return done(undefined);
  }

  #alive(): void {
    if (this.#isCutOff) throw new Error("the program has ended");
  }
}
