/** The ledger and the INBOXes it fills, in memory: as the port promises, each method at once or not at all. */
import { createHash } from "node:crypto";
import type { MessageHeading } from "#mail/message-heading";
import { settledSha256 } from "#mail/settled-hash";
import { type StagedContent, StoreUnavailable } from "#mailbox/content";
import type { ContentId, MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type {
  Admission,
  Arrived,
  FetchedContent,
  Ledger,
  LedgerRow,
  OldIdentity,
  Reidentified,
  Swept,
} from "#migration/ledger";
import type { MigrationLimits } from "#migration/limits/migration-limits";
import type { Migration, Transfer } from "#migration/migration";

/** One message of an INBOX. */
export interface InboxEntry {
  readonly uidl: string;
  readonly content: ContentId;
}

interface KeptMailbox {
  readonly transfer: Omit<Transfer, "messages" | "messagesHere" | "octets" | "octetsHere">;
  sealed: { readonly sealed: Uint8Array; readonly loginName: string } | null;
  entries: InboxEntry[];
  rows: LedgerRow[];
  readonly marks: Set<string>;
}

export class MemoryLedger implements Ledger {
  readonly contents = new Map<ContentId, Buffer>();
  readonly #migrations = new Map<string, Migration>();
  readonly #mailboxes = new Map<MailboxId, KeptMailbox>();
  #lastId = 0;
  /** How many of the next writes fail as if the disk were full. */
  failing = 0;
  /** Commits by method, and the size of each batch that arrived. */
  readonly commits: string[] = [];
  readonly batches: number[] = [];
  /** What is known of messages that are not here, by row. */
  readonly headings = new Map<number, MessageHeading>();

  // What a test looks at, and what other rooms do.

  mailboxOf(address: string): MailboxId | null {
    for (const [id, { transfer }] of this.#mailboxes) if (transfer.address === address) return id;
    return null;
  }
  inbox(mailbox: MailboxId): readonly InboxEntry[] {
    return this.#kept(mailbox).entries;
  }
  /** The octets of every message of an INBOX, null where they are not here; without the migration message. */
  texts(mailbox: MailboxId): readonly (string | null)[] {
    return this.inbox(mailbox)
      .filter(({ uidl }) => uidl !== "welcome")
      .map(({ content }) => this.contents.get(content)?.toString("latin1") ?? null);
  }
  expunge(mailbox: MailboxId, uidl: string): void {
    const kept = this.#kept(mailbox);
    const gone = kept.entries.find((entry) => entry.uidl === uidl);
    kept.entries = kept.entries.filter((entry) => entry !== gone);
    if (gone && !kept.entries.some(({ content }) => content === gone.content)) {
      this.contents.delete(gone.content);
      kept.rows = kept.rows.map((row) => (row.content === gone.content ? { ...row, isWanted: false } : row));
    }
  }
  /** A delivery from the queue: its mark is remembered; false when the sweep had brought it. */
  deliver(mailbox: MailboxId, text: string, mark: string): boolean {
    const kept = this.#kept(mailbox);
    if (kept.marks.has(mark)) return false;
    kept.marks.add(mark);
    this.#enter(kept, `mf-delivered-${mark}`, Buffer.from(text, "latin1"));
    return true;
  }

  // The port.

  async migration(domain: string): Promise<Migration | null> {
    return this.#migrations.get(domain) ?? null;
  }
  async migrations(): Promise<readonly Migration[]> {
    return [...this.#migrations.values()];
  }
  async setMigration(migration: Migration): Promise<Outcome<void>> {
    await this.#write("setMigration");
    if (!this.#migrations.has(migration.domain)) this.#takeUpAgain(migration);
    this.#migrations.set(migration.domain, migration);
    return done(undefined);
  }
  async limitMigration(domain: string, limits: MigrationLimits): Promise<Outcome<void>> {
    const migration = this.#migrations.get(domain);
    if (!migration) return failed("not-found", `${domain} is not migrating.`);
    this.#migrations.set(domain, { ...migration, limits });
    return done(undefined);
  }
  #takeUpAgain({ domain, startedAt }: Migration): void {
    for (const [id, { transfer }] of this.#mailboxes) {
      if (transfer.domain !== domain || transfer.state !== "settled") continue;
      const reason = "the old passwords were destroyed";
      this.#changeTransfer(id, { state: "needs-password", reason, nextTry: startedAt, failures: 0 });
    }
  }
  async endMigration(domain: string): Promise<Outcome<void>> {
    await this.#write("endMigration");
    if (!this.#migrations.delete(domain)) return failed("not-found", `${domain} is not migrating.`);
    for (const [id, kept] of this.#mailboxes) {
      if (kept.transfer.domain !== domain) continue;
      kept.sealed = null;
      this.#changeTransfer(id, { state: "settled", reason: null });
    }
    return done(undefined);
  }

  async admit(admission: Admission): Promise<Outcome<Transfer>> {
    await this.#write("admit");
    const { address, domain, now } = admission;
    if (!this.#migrations.has(domain)) return failed("not-permitted", "not migrating");
    if (this.mailboxOf(address) !== null) return failed("exists", "admitted already");
    const mailbox = ++this.#lastId as MailboxId;
    const kept: KeptMailbox = {
      transfer: {
        mailbox,
        address,
        domain,
        state: "copying",
        reason: null,
        nextTry: now,
        failures: 0,
        loginName: admission.loginName,
        startedAt: now,
        lastSweep: null,
        lastStat: admission.stat,
        isToldApart: false,
      },
      sealed: { sealed: admission.sealedPassword, loginName: admission.loginName },
      entries: [],
      rows: [],
      marks: new Set(),
    };
    this.#mailboxes.set(mailbox, kept);
    for (const listed of admission.listing) {
      const content = this.#enter(kept, listed.entryUidl, null);
      kept.rows.push(this.#row(listed, { state: "remote", content }));
    }
    this.#enter(kept, "welcome", octetsOf(admission.welcome));
    return done(this.#transferOf(mailbox));
  }

  async transfer(mailbox: MailboxId): Promise<Transfer | null> {
    return this.#mailboxes.has(mailbox) ? this.#transferOf(mailbox) : null;
  }
  async transfers(domain: string, after: string, limit: number): Promise<readonly Transfer[]> {
    return this.#all()
      .filter((transfer) => transfer.domain === domain && transfer.address > after)
      .sort((a, b) => (a.address < b.address ? -1 : 1))
      .slice(0, limit);
  }
  async dueTransfers(now: number, limit: number): Promise<readonly Transfer[]> {
    return this.#all()
      .filter(({ state, nextTry }) => state !== "paused" && state !== "settled" && nextTry <= now)
      .sort((a, b) => a.nextTry - b.nextTry)
      .slice(0, limit);
  }
  async sealedPassword(mailbox: MailboxId) {
    return this.#mailboxes.get(mailbox)?.sealed ?? null;
  }
  async setSealedPassword(mailbox: MailboxId, sealed: Uint8Array, loginName: string): Promise<void> {
    await this.#write("setSealedPassword");
    this.#kept(mailbox).sealed = { sealed, loginName };
    this.#changeTransfer(mailbox, { loginName });
  }
  async setTransfer(mailbox: MailboxId, change: Parameters<Ledger["setTransfer"]>[1]): Promise<void> {
    await this.#write("setTransfer");
    this.#changeTransfer(mailbox, change);
  }

  async remoteRows(mailbox: MailboxId): Promise<readonly LedgerRow[]> {
    return this.#kept(mailbox)
      .rows.filter((row) => row.state === "remote" && row.isWanted)
      .toReversed();
  }
  async rowOfContent(content: ContentId): Promise<LedgerRow | null> {
    for (const { rows } of this.#mailboxes.values()) {
      const row = rows.find((one) => one.content === content);
      if (row) return row;
    }
    return null;
  }
  async rows(mailbox: MailboxId): Promise<readonly LedgerRow[]> {
    return this.#kept(mailbox).rows.map((row) => ({ ...row }));
  }
  async *pieces(mailbox: MailboxId): AsyncGenerator<readonly LedgerRow[]> {
    yield await this.rows(mailbox);
  }
  async *remotePieces(mailbox: MailboxId): AsyncGenerator<readonly LedgerRow[]> {
    yield await this.remoteRows(mailbox);
  }
  async arrive(mailbox: MailboxId, arrived: readonly Arrived[]): Promise<void> {
    await this.#write("arrive");
    this.batches.push(arrived.length);
    const kept = this.#kept(mailbox);
    for (const { row: id, content, marks } of arrived) {
      const row = kept.rows.find((one) => one.id === id);
      if (row?.state !== "remote" || row.content === null || !row.isWanted) continue;
      if (marks.some((mark) => kept.marks.has(mark))) {
        this.#skip(kept, row, "delivered here already");
        continue;
      }
      for (const mark of marks) kept.marks.add(mark);
      const octets = octetsOf(content);
      this.contents.set(row.content, octets);
      this.#changeRow(kept, id, { state: "copied", ...hashesOf(octets) });
    }
  }
  async adopt(mailbox: MailboxId, swept: readonly Swept[]) {
    await this.#write("adopt");
    const kept = this.#kept(mailbox);
    let stored = 0;
    for (const one of swept) {
      const { uidl, size, occurrence } = one;
      const isSame = (row: LedgerRow): boolean =>
        row.uidl === uidl && row.size === size && row.occurrence === occurrence;
      if (kept.rows.some(isSame)) throw new Error(`a second row is ${uidl} ${size} ${occurrence}`);
      if (one.marks.some((mark) => kept.marks.has(mark))) {
        kept.rows.push(this.#row(one, { state: "skipped", reason: "delivered here already" }));
        continue;
      }
      for (const mark of one.marks) kept.marks.add(mark);
      const octets = octetsOf(one.content);
      const content = this.#enter(kept, one.entryUidl, octets);
      kept.rows.push(this.#row(one, { state: "copied", content, ...hashesOf(octets) }));
      stored++;
    }
    return { stored, alreadyHere: swept.length - stored };
  }
  async fetchFailed(
    row: number,
    reason: string,
    nextTry: number,
    heading: MessageHeading | null = null,
  ): Promise<void> {
    await this.#write("fetchFailed");
    if (heading) this.headings.set(row, heading);
    this.#changeAnyRow(row, (now) => ({ reason, nextTry, failures: now.failures + 1 }));
  }
  async describe(row: number, heading: MessageHeading): Promise<void> {
    await this.#write("describe");
    this.headings.set(row, heading);
  }
  async retryRows(mailbox: MailboxId, uidl: string | null): Promise<number> {
    await this.#write("retryRows");
    const kept = this.#kept(mailbox);
    const isMeant = (row: LedgerRow): boolean =>
      row.state === "remote" && (uidl === null || row.uidl === uidl);
    const meant = kept.rows.filter(isMeant).length;
    kept.rows = kept.rows.map((row) => (isMeant(row) ? { ...row, nextTry: 0 } : row));
    return meant;
  }
  async reidentify(mailbox: MailboxId, known: readonly Reidentified[]): Promise<void> {
    await this.#write("reidentify");
    const kept = this.#kept(mailbox);
    for (const { row, uidl, size, occurrence } of known) {
      this.#changeRow(kept, row, { uidl, size, occurrence });
    }
    const names = new Set(kept.rows.map((row) => `${row.uidl} ${row.size} ${row.occurrence}`));
    if (names.size < kept.rows.length) throw new Error("two rows have one identity");
  }
  async missing(rows: readonly number[], since: number | null): Promise<void> {
    await this.#write("missing");
    for (const row of rows) {
      this.#changeAnyRow(row, (now) => ({
        missingSince: since === null ? null : (now.missingSince ?? since),
      }));
    }
  }
  async leaveOut(mailbox: MailboxId, listed: OldIdentity, reason: string): Promise<void> {
    await this.#write("leaveOut");
    this.#kept(mailbox).rows.push(this.#row(listed, { state: "skipped", reason }));
  }
  async giveUp(id: number, reason: string): Promise<void> {
    await this.#write("giveUp");
    for (const kept of this.#mailboxes.values()) {
      const row = kept.rows.find((one) => one.id === id);
      if (row?.state === "remote") this.#skip(kept, row, reason);
    }
  }

  async #write(method: string): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failing > 0) {
      this.failing--;
      throw new StoreUnavailable("the disk is full");
    }
    this.commits.push(method);
  }

  #kept(mailbox: MailboxId): KeptMailbox {
    const kept = this.#mailboxes.get(mailbox);
    if (!kept) throw new Error("no such mailbox");
    return kept;
  }

  #enter(kept: KeptMailbox, uidl: string, octets: Buffer | null): ContentId {
    const content = ++this.#lastId as ContentId;
    kept.entries.push({ uidl, content });
    if (octets) this.contents.set(content, octets);
    return content;
  }

  #skip(kept: KeptMailbox, row: LedgerRow, reason: string): void {
    kept.entries = kept.entries.filter((entry) => entry.content !== row.content);
    this.#changeRow(kept, row.id, { state: "skipped", reason, isWanted: false });
  }

  #row(identity: Pick<LedgerRow, "uidl" | "size" | "occurrence">, more: Partial<LedgerRow>): LedgerRow {
    const { uidl, size, occurrence } = identity;
    return {
      id: ++this.#lastId,
      uidl,
      size,
      occurrence,
      state: "remote",
      content: null,
      sha256: null,
      settledSha256: null,
      reason: null,
      failures: 0,
      nextTry: 0,
      missingSince: null,
      isWanted: true,
      ...more,
    };
  }

  #changeRow(kept: KeptMailbox, id: number, change: Partial<LedgerRow>): void {
    // Ids ascend.
    let low = 0;
    for (let high = kept.rows.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((kept.rows[middle]?.id ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    const row = kept.rows[low];
    if (row?.id === id) kept.rows[low] = { ...row, ...change };
  }

  #changeAnyRow(id: number, change: (row: LedgerRow) => Partial<LedgerRow>): void {
    for (const kept of this.#mailboxes.values()) {
      const row = kept.rows.find((one) => one.id === id);
      if (row) this.#changeRow(kept, id, change(row));
    }
  }

  #all(): Transfer[] {
    return [...this.#mailboxes.keys()].map((mailbox) => this.#transferOf(mailbox));
  }

  #transferOf(mailbox: MailboxId): Transfer {
    const { transfer, rows } = this.#kept(mailbox);
    const listed = rows.filter((row) => row.state === "copied" || (row.state === "remote" && row.isWanted));
    const here = listed.filter((row) => row.state === "copied");
    const octets = (some: readonly LedgerRow[]): number => some.reduce((sum, row) => sum + row.size, 0);
    return {
      ...transfer,
      messages: listed.length,
      messagesHere: here.length,
      octets: octets(listed),
      octetsHere: octets(here),
    };
  }

  #changeTransfer(mailbox: MailboxId, change: Partial<Transfer>): void {
    const kept = this.#kept(mailbox);
    this.#mailboxes.set(mailbox, { ...kept, transfer: { ...kept.transfer, ...change } });
  }
}

function octetsOf(content: FetchedContent | StagedContent): Buffer {
  if (content instanceof Uint8Array) return Buffer.from(content);
  if (content.body.kind !== "inline") throw new Error("this stage keeps everything in memory");
  return Buffer.from(content.body.octets);
}

function hashesOf(octets: Uint8Array): Pick<LedgerRow, "sha256" | "settledSha256"> {
  return { sha256: sha256(octets), settledSha256: settledSha256(octets) };
}

function sha256(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}
