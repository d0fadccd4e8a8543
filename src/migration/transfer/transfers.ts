/**
 * All transfers of the house: whoever is due is visited, whoever reads is served, whoever is admitted is
 * copied. Everything that must last is in the ledger, so that a new process goes on where the last one was.
 *
 * It relies on the ledger and on old servers behind their port, and promises one worker for each mailbox and
 * no more connections to an old server than its budget has.
 */
import { Alarm } from "#jobs/alarm";
import { StoreUnavailable } from "#mailbox/content";
import type { ContentId, MailboxId } from "#mailbox/ids";
import { failed, type Outcome } from "#mailbox/problem";
import type { RemoteContent } from "#mailbox/remote-content";
import { haveSameContents } from "../identity/same-maildrop.ts";
import { isOver, type Migration, type Transfer } from "../migration.ts";
import { serverKey } from "../old-server/connections.ts";
import type { Listing } from "../old-server/old-server.ts";
import { type Movement, movementAt } from "../roster.ts";
import { knownRows } from "./known-rows.ts";
import type { Opened } from "./old-login.ts";
import { stalledSince } from "./stalled.ts";
import type { TransferTools } from "./transfer-tools.ts";
import { type Checked, TransferWorker } from "./transfer-worker.ts";
import type { VisitReport } from "./visit-report.ts";

/** After trouble with the store the ledger is asked again so much later. Milliseconds. */
const afterTrouble = 10_000;
/** The sweeps of all mailboxes together log in no more often than this, milliseconds. */
const betweenLogins = 50;
/** Workers started for one old server beyond its connections: those who wait make the others share. */
const waitingBeyond = 2;
const betweenStallChecks = 60_000;
/** After mail was piped there it takes a moment until the old server has put it into the maildrop. */
const afterPiped = 5000;

export class Transfers implements RemoteContent, AsyncDisposable {
  readonly #tools: TransferTools;
  readonly #workers = new Map<MailboxId, TransferWorker>();
  readonly #closed = new Set<string>();
  readonly #stop = new AbortController();
  readonly #alarm: Alarm;
  readonly #opened: number;
  /** Stalled transfers that the log has told of. */
  readonly #toldStalled = new Set<MailboxId>();
  #nextStallCheck = 0;
  #running: Promise<void> | null = null;

  constructor(tools: TransferTools) {
    this.#tools = tools;
    this.#alarm = new Alarm(tools.clock);
    this.#opened = tools.clock.now();
  }

  /** Goes on with everything that the ledger says is due, from now on. */
  start(): void {
    this.#running ??= this.#runDue();
  }

  /** A person was just admitted: the session that proved it goes on as copier. */
  async takeOver(transfer: Transfer, opened: Opened, listing: Listing): Promise<void> {
    await this.#workerOf(transfer).takeOver(opened, listing);
  }

  async bring(mailbox: MailboxId, content: ContentId): Promise<Outcome<void>> {
    const worker = await this.#workerFor(mailbox);
    return worker ? await worker.bring(content) : failed("temporary", "Its old server is out of reach.");
  }

  /** Visits a mailbox's old maildrop now, with a whole listing. */
  async check(mailbox: MailboxId): Promise<Checked> {
    const worker = await this.#workerFor(mailbox);
    if (!worker) return { kind: "not-visited", reason: "there is no move of this mailbox" };
    return await worker.check();
  }

  /** Stops copying and sweeping a mailbox until it is resumed; what somebody opens is still read. */
  async pause(mailbox: MailboxId, reason: string): Promise<void> {
    await (await this.#workerFor(mailbox))?.pause(reason);
  }

  /** Goes on with a mailbox at once, whatever it waited for. */
  async goOn(mailbox: MailboxId, acceptsOther = false): Promise<void> {
    (await this.#workerFor(mailbox))?.goOn(acceptsOther);
  }

  /** A mailbox's owner went back: connections for it end, and none begins. */
  async leave(mailbox: MailboxId): Promise<void> {
    const worker = this.#workers.get(mailbox);
    await worker?.[Symbol.asyncDispose]();
    if (this.#workers.get(mailbox) === worker) this.#workers.delete(mailbox);
  }

  /** Mail for this mailbox was given to the old server: it is looked for there in a moment. */
  async piped(mailbox: MailboxId): Promise<void> {
    const transfer = await this.#tools.ledger.transfer(mailbox);
    const soon = this.#tools.clock.now() + afterPiped;
    if (transfer?.state !== "following" || transfer.nextTry <= soon) return;
    const { state, reason, failures } = transfer;
    await this.#tools.ledger.setTransfer(mailbox, { state, reason, failures, nextTry: soon });
  }

  /** Tries a password that was good here on the old server. */
  async tryPassword(mailbox: MailboxId, password: Uint8Array): Promise<string> {
    return (await (await this.#workerFor(mailbox))?.tryPassword(password)) ?? "stopped";
  }

  /** Whether an old maildrop is being visited. */
  get isBusy(): boolean {
    for (const worker of this.#workers.values()) if (worker.isRunning) return true;
    return false;
  }

  /** Octets a second, or null. */
  rate(mailbox: MailboxId): number | null {
    return this.#workers.get(mailbox)?.memory.meter.rate(this.#tools.clock.now()) ?? null;
  }

  /** Since when a transfer brings nothing although something is left; null when it moves, or need not. */
  stalledSince(transfer: Transfer): number | null {
    const last = this.#workers.get(transfer.mailbox)?.memory.meter.last ?? this.#opened;
    const heldAt = this.#tools.inForce.heldAt(transfer.domain);
    return stalledSince(transfer, Math.max(last, heldAt), this.#tools.clock.now());
  }

  /** Which moves of a domain are not stalled, as far as only this program knows. */
  movement(domain: string): Movement {
    const last = new Map<MailboxId, number>();
    for (const [mailbox, worker] of this.#workers)
      if (worker.domain === domain) last.set(mailbox, worker.memory.meter.last ?? this.#opened);
    const since = Math.max(this.#opened, this.#tools.inForce.heldAt(domain));
    return movementAt(this.#tools.clock.now(), since, last);
  }

  /** Octets a second of all moves of a domain; null when nothing is being copied. */
  rateOf(domain: string): number | null {
    const rates = [...this.#workers]
      .filter(([, worker]) => worker.domain === domain)
      .map(([mailbox]) => this.rate(mailbox))
      .filter((rate) => rate !== null);
    return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
  }

  /** Messages on the old server that were not taken, with a reason. */
  async skipped(mailbox: MailboxId): Promise<number> {
    const known = this.#workers.get(mailbox)?.memory.skipped;
    if (known !== null && known !== undefined) return known;
    const { skipped } = await knownRows(this.#tools.ledger, mailbox, 0, this.#tools.clock.now());
    const worker = await this.#workerFor(mailbox);
    if (worker) worker.memory.skipped = skipped;
    return skipped;
  }

  /** Ends all connections of a domain's mailboxes and begins none until `open`. */
  async close(domain: string): Promise<void> {
    this.#closed.add(domain);
    await Promise.all([...this.#workers].map(([mailbox, worker]) => this.#drop(mailbox, worker, domain)));
    this.#tools.readings.forget(domain);
  }

  /** The domain's transfers go on. */
  open(domain: string): void {
    this.#closed.delete(domain);
    this.#alarm.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await Promise.all([...this.#workers.values()].map((worker) => worker[Symbol.asyncDispose]()));
    this.#workers.clear();
  }

  async #drop(mailbox: MailboxId, worker: TransferWorker, domain: string): Promise<void> {
    if (worker.domain !== domain) return;
    await worker[Symbol.asyncDispose]();
    this.#workers.delete(mailbox);
  }

  async #workerFor(mailbox: MailboxId): Promise<TransferWorker | null> {
    const known = this.#workers.get(mailbox);
    if (known) return known;
    const transfer = await this.#tools.ledger.transfer(mailbox);
    const isOpen = transfer && !isOver(transfer) && !this.#closed.has(transfer.domain);
    return isOpen && !this.#stop.signal.aborted ? this.#workerOf(transfer) : null;
  }

  #workerOf(transfer: Transfer): TransferWorker {
    let worker = this.#workers.get(transfer.mailbox);
    if (!worker) {
      worker = new TransferWorker({
        tools: this.#tools,
        transfer,
        migration: async () =>
          this.#closed.has(transfer.domain) ? null : await this.#tools.ledger.migration(transfer.domain),
        sweepInterval: () => Math.max(this.#tools.limits.sweepInterval, this.#workers.size * betweenLogins),
        visited: (visited, migration, report) => this.#compareMaildrops(visited, migration, report),
        idle: () => this.#alarm.wake(),
      });
      this.#workers.set(transfer.mailbox, worker);
    }
    return worker;
  }

  async #runDue(): Promise<void> {
    const { clock, log, limits } = this.#tools;
    while (!this.#stop.signal.aborted) {
      let pause = limits.look;
      try {
        await this.#wakeDue();
        await this.#tellStalled();
      } catch (error) {
        pause = afterTrouble;
        if (error instanceof StoreUnavailable) log.warn({ err: error }, "transfers cannot go on now");
        else log.error({ err: error }, "looking for due transfers failed inside");
      }
      await this.#alarm.sleep(clock.now() + pause, this.#stop.signal);
    }
  }

  /** Longest due first, and of each old server's mailboxes only as many as make its connections busy. */
  async #wakeDue(): Promise<void> {
    const { ledger, clock, budgets, inForce } = this.#tools;
    const migrations = await ledger.migrations();
    inForce.take(migrations);
    const running = [...this.#workers.values()].filter((worker) => worker.isRunning);
    const due = await ledger.dueTransfers(clock.now(), running.length + dueAtOnce);
    if (due.length === 0) return;
    const servers = new Map(migrations.map((one) => [one.domain, one.oldServer]));
    const busy = new Map<string, number>();
    for (const { domain } of running) {
      const server = servers.get(domain);
      if (server) count(busy, serverKey(server));
    }
    for (const transfer of due) {
      const server = servers.get(transfer.domain);
      if (server === undefined || this.#closed.has(transfer.domain)) continue;
      const worker = this.#workerOf(transfer);
      const most = budgets.of(server).size + waitingBeyond;
      if (worker.isRunning || (busy.get(serverKey(server)) ?? 0) >= most) continue;
      worker.due();
      count(busy, serverKey(server));
    }
  }

  async #tellStalled(): Promise<void> {
    const { ledger, clock, log } = this.#tools;
    const now = clock.now();
    if (now < this.#nextStallCheck) return;
    this.#nextStallCheck = now + betweenStallChecks;
    for (const mailbox of this.#workers.keys()) {
      const transfer = await ledger.transfer(mailbox);
      const since = transfer && this.stalledSince(transfer);
      if (!transfer || since === null) this.#toldStalled.delete(mailbox);
      else if (!this.#toldStalled.has(mailbox)) {
        this.#toldStalled.add(mailbox);
        const { address, reason, messages, messagesHere } = transfer;
        log.warn({ address, since, reason, left: messages - messagesHere }, "a transfer is stalled");
      }
    }
  }

  /** Two that list the same maildrop are stopped once their contents prove it. */
  async #compareMaildrops(transfer: Transfer, migration: Migration, report: VisitReport): Promise<void> {
    const { ledger, sameMaildrops, log } = this.#tools;
    const other = sameMaildrops.note(migration.oldServer, transfer, report.listing ?? []);
    if (other === null || transfer.isToldApart) return;
    if ((await ledger.transfer(other.mailbox))?.isToldApart) return;
    const same = haveSameContents(await ledger.rows(transfer.mailbox), await ledger.rows(other.mailbox));
    if (same === null) return;
    if (!same) return sameMaildrops.tellApart(transfer.address, other.address);
    log.warn({ addresses: [transfer.address, other.address] }, "two mailboxes have the same old maildrop");
    const [own, twin] = [this.#workerOf(transfer), await this.#workerFor(other.mailbox)];
    const reasonFor = (address: string): string =>
      `its old maildrop is that of ${address} as well: one of the two is an alias, or "migration resume" it`;
    await own.pause(reasonFor(other.address));
    await twin?.pause(reasonFor(transfer.address));
  }
}

const dueAtOnce = 1000;

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
