/**
 * Compares a domain with its old server, and makes its certificate. It relies on `compare-mailbox` for each mailbox
 * and on the store for everything kept: of a domain only counts are in memory, of messages one mailbox's.
 */
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Ledger } from "../ledger.ts";
import type { Migration, Transfer } from "../migration.ts";
import {
  type Blocker,
  blockerOf,
  type Certificate,
  type CertificateHead,
  type GivenUp,
  type OldServerFacts,
} from "./certificate.ts";
import { type Compared, type ComparingTools, compare, visit } from "./compare-mailbox.ts";
import { noCounts, plus } from "./counts.ts";
import { mailboxLine } from "./leaf-line.ts";
import { MerkleTree } from "./merkle.ts";
import { proofsOf, transfersOf } from "./pages.ts";
import type { ProofStore } from "./proof-store.ts";
import { piecesOf } from "./proved-messages.ts";
import { OneAtATime } from "./turns.ts";

export interface ProofTools extends ComparingTools {
  readonly store: ProofStore;
  readonly ledger: Pick<Ledger, "migration" | "transfers" | "retryRows">;
  /** So many old maildrops are visited at once. */
  readonly visits: number;
  readonly software: string;
  /** What the old server said of itself. */
  readonly facts: (migration: Migration) => OldServerFacts;
}

/** How far it is: mailboxes compared, of so many. */
export type Progress = (compared: number, mailboxes: number) => void;

export interface DomainComparison {
  readonly mailboxes: number;
  /** In address order, the first thousand; `blocked` counts them all. */
  readonly blockers: readonly Blocker[];
  readonly blocked: number;
}

const mostBlockers = 1000;
/** Mailboxes with more messages than this are in memory one at a time. */
const fewMessages = 2000;

export class Proofs {
  readonly #tools: ProofTools;
  readonly #certifying = new Set<string>();
  /** One mailbox's ledger is read at a time. */
  readonly #counting = new OneAtATime();

  constructor(tools: ProofTools) {
    this.#tools = tools;
  }

  /** Compares every mailbox of a domain and keeps nothing. */
  async compareDomain(
    domain: string,
    signal: AbortSignal,
    progress: Progress = () => undefined,
  ): Promise<Outcome<DomainComparison>> {
    if (!(await this.#tools.ledger.migration(domain))) return notMigrating(domain);
    const blockers: Blocker[] = [];
    const mailboxes = await this.#compareAll(domain, signal, progress, async ({ proof }) => {
      if (!proof.closes) blockers.push(blockerOf(proof));
    });
    if (mailboxes === null) return stopped;
    blockers.sort((a, b) => (a.address < b.address ? -1 : 1));
    return done({ mailboxes, blockers: blockers.slice(0, mostBlockers), blocked: blockers.length });
  }

  /**
   * Compares every mailbox of a domain and keeps what it finds as a new certificate, which may say that the sum does
   * not close. `in-use` while another one of this domain is being made. What is cut off leaves no certificate.
   */
  async certify(
    domain: string,
    signal: AbortSignal,
    givenUp: readonly GivenUp[] = [],
    progress: Progress = () => undefined,
  ): Promise<Outcome<Certificate>> {
    const migration = await this.#tools.ledger.migration(domain);
    if (!migration) return notMigrating(domain);
    if (this.#certifying.has(domain)) return failed("in-use", `A certificate of ${domain} is being made.`);
    this.#certifying.add(domain);
    try {
      return await this.#certify(migration, signal, givenUp, progress);
    } finally {
      this.#certifying.delete(domain);
    }
  }

  /** Certificates that are whole, the newest first. */
  certificates(domain: string): Promise<readonly Certificate[]> {
    return this.#tools.store.certificates(domain);
  }

  /** Mailboxes that keep a certificate from closing, in address order, the first thousand. */
  async blockers({ id, givenUp }: Certificate): Promise<readonly Blocker[]> {
    const given = new Set(givenUp.map(({ address }) => address));
    const blockers: Blocker[] = [];
    for await (const proof of proofsOf(this.#tools.store, id)) {
      if (!proof.closes && !given.has(proof.address)) blockers.push(blockerOf(proof));
      if (blockers.length === mostBlockers) break;
    }
    return blockers;
  }

  async #certify(
    { domain, oldServer, startedAt }: Migration,
    signal: AbortSignal,
    givenUp: readonly GivenUp[],
    progress: Progress,
  ): Promise<Outcome<Certificate>> {
    const { store, clock, software, facts, ledger } = this.#tools;
    const head: CertificateHead = {
      domain,
      oldServer,
      software,
      migrationStartedAt: startedAt,
      begunAt: clock.now(),
      givenUp,
    };
    const id = await store.begin(head);
    const compared = await this.#compareAll(domain, signal, progress, async ({ proof, accounts, key }) => {
      await store.keep(id, proof, { key, pieces: piecesOf(accounts) });
    });
    if (compared === null) return stopped;
    const migration = await ledger.migration(domain);
    if (!migration) return notMigrating(domain);
    const given = new Set(givenUp.map(({ address }) => address));
    const tree = new MerkleTree();
    let totals = noCounts;
    let closes = true;
    for await (const proof of proofsOf(store, id)) {
      tree.add(mailboxLine(proof.address, proof.root ?? "-"));
      totals = plus(totals, proof.counts);
      closes &&= proof.closes || given.has(proof.address);
    }
    const end = {
      endedAt: clock.now(),
      facts: facts(migration),
      mailboxes: tree.leaves,
      totals,
      root: tree.root(),
      closes,
    };
    await store.finish(id, end);
    return done({ ...head, ...end, id });
  }

  /** @returns how many mailboxes there are; null when it was cut off */
  async #compareAll(
    domain: string,
    signal: AbortSignal,
    progress: Progress,
    take: (compared: Compared) => Promise<void>,
  ): Promise<number | null> {
    const finished = new Set<number>();
    let mailboxes = 0;
    const compareNext = async (transfers: AsyncGenerator<Transfer>): Promise<void> => {
      for await (const transfer of transfers) {
        const visited = await untilAborted(visit(this.#tools, transfer), signal);
        if (visited === null || signal.aborted) return;
        const small = await this.#counting.run(async () => {
          const compared = await compare(this.#tools, transfer, visited);
          const { listed, gone } = compared.accounts;
          if (listed.length + gone.length <= fewMessages) return compared;
          await take(compared);
          return null;
        });
        if (small) await take(small);
        finished.add(transfer.mailbox);
        progress(finished.size, Math.max(mailboxes, finished.size));
      }
    };
    // Whoever comes meanwhile is compared as well: until a pass finds nobody new.
    for (;;) {
      mailboxes = 0;
      let added = 0;
      for await (const { mailbox } of transfersOf(this.#tools.ledger, domain)) {
        mailboxes++;
        if (!finished.has(mailbox)) added++;
      }
      if (added === 0) return finished.size;
      const left = notIn(finished, transfersOf(this.#tools.ledger, domain));
      // Nobody is still at work when one of them has failed.
      const ended = await Promise.allSettled(
        Array.from({ length: this.#tools.visits }, () => compareNext(left)),
      );
      for (const one of ended) if (one.status === "rejected") throw one.reason;
      if (signal.aborted) return null;
    }
  }
}

const stopped = failed("temporary", "It was cut off.");

function notMigrating(domain: string): ReturnType<typeof failed> {
  return failed("not-found", `${domain} is not migrating.`);
}

async function* notIn(
  finished: ReadonlySet<number>,
  transfers: AsyncIterable<Transfer>,
): AsyncGenerator<Transfer> {
  for await (const transfer of transfers) if (!finished.has(transfer.mailbox)) yield transfer;
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null;
  const { promise, resolve } = Promise.withResolvers<null>();
  const stop = (): void => resolve(null);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
