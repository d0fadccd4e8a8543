/** What is done for a way back at one moment: send what is left, or look for what was sent. */
import { listThere } from "./listed-there.ts";
import { type Look, lookThere } from "./look-there.ts";
import type { MailboxReturn, SentMessage } from "./mailbox-return.ts";
import { atTheStart, type Beginning } from "./plan.ts";
import { reportOf, wordsOf } from "./return-report.ts";
import type { ReturnTools } from "./return-tools.ts";
import { sendAfter } from "./sending.ts";

/** What is remembered of a way back while the program runs; without it more is looked at again. */
export interface Memory {
  /** How far the mailbox was gone through. */
  at: Beginning;
  /** Messages there that were read and are none of those that were sent. */
  readonly others: Set<string>;
  /** The old maildrop was listed again, so that more may go. */
  hasListed: boolean;
}

const noPlan = { stays: [], staying: [], deletedHere: 0 };

export class ReturnStep {
  readonly #tools: ReturnTools;
  #way: MailboxReturn;
  readonly #memory: Memory;
  readonly #signal: AbortSignal;

  constructor(tools: ReturnTools, way: MailboxReturn, memory: Memory, signal: AbortSignal) {
    this.#tools = tools;
    this.#way = way;
    this.#memory = memory;
    this.#signal = signal;
  }

  /** One step; where it came to is kept. */
  async take(): Promise<void> {
    const { phase, mailbox } = this.#way;
    if (phase === "proved" || phase === "unproved") return;
    // Whoever was let in while it began has ended by now.
    this.#tools.endSessions(mailbox);
    await this.#list();
    if (!this.#signal.aborted && (await this.#send())) await this.#look();
  }

  /** Lists the old maildrop, first of all and when what was missing there is to be certain. */
  async #list(): Promise<void> {
    const { ledger, clock, times } = this.#tools;
    const { mailbox, domain, listedThere: before = null } = this.#way;
    const isDue = before?.again !== undefined && before.again !== null && before.again <= clock.now();
    if (before && !isDue && (before.isOver || before.tries >= times.looks)) return;
    const transfer = await ledger.transfer(mailbox);
    if (!transfer) return;
    const migration = await ledger.migration(domain);
    const { signal } = { signal: this.#signal };
    const listedThere = await listThere(this.#tools, { migration, transfer, before, signal });
    if (signal.aborted) return;
    this.#memory.at = atTheStart;
    this.#memory.hasListed = true;
    await this.#keep({ listedThere }, await this.#tools.store.sent(mailbox));
  }

  /** What is still open of mail that came from the old server: when to look again, and why. */
  get #openThere(): { readonly reason: string; readonly nextTry: number } | null {
    const { clock, times } = this.#tools;
    const listed = this.#way.listedThere;
    if (!listed) return null;
    if (listed.again !== null) {
      const reason = `${listed.missing} messages that came from the old server are not listed there: they are looked for again`;
      return { reason, nextTry: listed.again };
    }
    if (listed.isOver || listed.tries >= times.looks) return null;
    const pause = Math.min(times.longestPause, times.settling * 2 ** listed.tries);
    return { reason: `the old maildrop cannot be listed: ${listed.problem}`, nextTry: clock.now() + pause };
  }

  /** Nothing is missing of what was sent. */
  async #proved(change: Partial<MailboxReturn>, all: readonly SentMessage[]): Promise<void> {
    const { log } = this.#tools;
    const { address, listedThere } = this.#way;
    const open = this.#openThere;
    if (open) return await this.#keep({ ...change, phase: "proving", ...open }, all);
    const problem = listedThere?.problem ?? null;
    const reason = problem === null ? null : `what came from the old server was not looked for: ${problem}`;
    await this.#keep({ ...change, phase: "proved", reason }, all);
    log.info({ address, sent: all.length, reason }, "went back: everything is on the old server");
  }

  /** Gives the queue what it may have. @returns whether everything was accepted over there */
  async #send(): Promise<boolean> {
    const { store, ledger, times, clock, shortage, wakeQueue } = this.#tools;
    const { mailbox } = this.#way;
    const transfer = await ledger.transfer(mailbox);
    if (!transfer) return false;
    const waiting = queuedOf(await store.sent(mailbox)).length;
    const most = shortage() === null ? Math.max(0, times.queued - waiting) : 0;
    const { queued, isAll, at } = await sendAfter(
      this.#tools,
      this.#way,
      transfer.startedAt,
      most,
      this.#memory.at,
    );
    this.#memory.at = at;
    if (queued > 0) wakeQueue();
    const all = await store.sent(mailbox);
    const left = queuedOf(all);
    if (isAll && left.length === 0) return true;
    const held = left.find((one) => one.held);
    const reason = isAll ? (held?.lastReply ?? left.find(saidSomething)?.lastReply ?? null) : shortage();
    const nextTry = clock.now() + (reason === null ? times.look : times.patience);
    await this.#keep({ phase: "sending", reason, sentAt: null, looks: 0, nextTry }, all);
    return false;
  }

  async #look(): Promise<void> {
    const { store, clock, times, ledger, log } = this.#tools;
    const { mailbox, domain, address } = this.#way;
    const now = clock.now();
    const before = await store.sent(mailbox);
    const isAnyWanted = before.some(isWanted);
    // Also with nothing to look for: what was under way when it began, an APPEND or a bounce, may land until then,
    // and is found when the mailbox is gone through once more.
    if (this.#way.phase === "sending") {
      const nextTry = now + times.settling;
      return await this.#keep({ phase: "proving", reason: null, sentAt: now, looks: 0, nextTry }, before);
    }
    if (!isAnyWanted) {
      const dropped = before.filter(({ state }) => state === "dropped").length;
      if (dropped > 0) {
        const reason = `${dropped} messages were dropped from the queue by an administrator`;
        await this.#keep({ phase: "unproved", reason, sentAt: this.#way.sentAt ?? now }, before);
        return log.warn({ address, dropped, reason }, "went back, and not everything is seen there");
      }
      return await this.#proved({ sentAt: this.#way.sentAt ?? now }, before);
    }
    const migration = await ledger.migration(domain);
    const transfer = await ledger.transfer(mailbox);
    const accepted = before.filter(({ state }) => state === "accepted");
    const { others } = this.#memory;
    const look: Look =
      migration && transfer
        ? await lookThere(this.#tools, { migration, transfer, accepted, others, signal: this.#signal })
        : { kind: "no-password", reason: "the migration has ended" };
    if (this.#signal.aborted) return;
    if (look.kind === "looked") await store.found(look.seen);
    await this.#judge(look);
  }

  async #judge(look: Look): Promise<void> {
    const { store, clock, times, log } = this.#tools;
    const { address, mailbox } = this.#way;
    const all = await store.sent(mailbox);
    const lookedAt = clock.now();
    const missing = all.filter((one) => isWanted(one) || one.state === "dropped").length;
    if (missing === 0) return await this.#proved({ lookedAt }, all);
    const looks = this.#way.looks + 1;
    const reason = look.kind === "looked" ? `${missing} messages are not in the old maildrop` : look.reason;
    if (look.kind === "no-password" || looks >= times.looks) {
      await this.#keep({ phase: "unproved", reason, lookedAt, looks }, all);
      return log.warn({ address, missing, reason }, "went back, and not everything is seen there");
    }
    const pause = Math.min(times.longestPause, times.settling * 2 ** looks);
    await this.#keep({ phase: "proving", reason, lookedAt, looks, nextTry: lookedAt + pause }, all);
  }

  async #keep(change: Partial<MailboxReturn>, all: readonly SentMessage[]): Promise<void> {
    const way = { ...this.#way, ...change };
    this.#way = way;
    await this.#tools.store.progress(way, wordsOf(reportOf(way, all, noPlan)));
  }
}

/** Accepted over there, and not seen yet. */
function isWanted({ state, found }: SentMessage): boolean {
  return state === "accepted" && found === null;
}

function queuedOf(all: readonly SentMessage[]): readonly SentMessage[] {
  return all.filter(({ state }) => state === "queued");
}

function saidSomething({ lastReply }: SentMessage): boolean {
  return lastReply !== null;
}
