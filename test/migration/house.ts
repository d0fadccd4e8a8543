/** A house with nothing but a migration in it: a memory ledger, a fake old server, a clock that tests move. */
import { randomBytes } from "node:crypto";
import pino from "pino";
import { readMarks } from "#mail/loop-mark";
import type { MailboxId } from "#mailbox/ids";
import { OldServerAdmissions } from "#migration/admission/admission";
import type { AdmissionAnswer } from "#migration/admission/admissions";
import { NoPasswords } from "#migration/admission/no-passwords";
import { ProvedHere } from "#migration/admission/proved-here";
import type { SealingKeys } from "#migration/admission/sealing-keys";
import { SameMaildrops } from "#migration/identity/same-maildrop";
import { wallClock } from "#migration/limits/copy-hours";
import { CountedOldServer } from "#migration/limits/counted-old-server";
import { LimitsInForce } from "#migration/limits/limits-in-force";
import { ConnectionBudgets } from "#migration/old-server/connections";
import type { OldServerAddress } from "#migration/old-server/old-server";
import { FirstReadings } from "#migration/transfer/first-readings";
import { HeaderLooks } from "#migration/transfer/header-looks";
import { type TransferLimits, type TransferTools, usualLimits } from "#migration/transfer/transfer-tools";
import { Transfers } from "#migration/transfer/transfers";
import { silentLog } from "#observe/log";
import { ManualClock, settle } from "../jobs/manual-clock.ts";
import { FakeOldServer } from "../old-server/fake-old-server.ts";
import { type OldMailbox, OldMailboxes, put } from "../old-server/maildrop.ts";
import { MemoryLedger } from "./memory-ledger.ts";
import { memoryStage } from "./memory-stage.ts";
import type { Shelf } from "./shelf.ts";

export const domain = "big-company.com";
export const markKey = Buffer.alloc(32, 7);

export const oldAddress: OldServerAddress = {
  protocol: "pop3",
  host: "10.0.0.5",
  port: 110,
  implicitTls: false,
  tls: { mode: "none" },
  loginAs: null,
};

export class MemoryKeys implements SealingKeys {
  readonly keys = new Map<string, Uint8Array>();
  async create(name: string): Promise<Uint8Array> {
    if (this.keys.has(name)) throw new Error("there is one");
    const key = randomBytes(32);
    this.keys.set(name, key);
    return key;
  }
  async get(name: string): Promise<Uint8Array | null> {
    return this.keys.get(name) ?? null;
  }
  async destroy(name: string): Promise<void> {
    this.keys.delete(name);
  }
}

/** Everything a test needs, running. `restart` is a crash: nothing is left but the ledger, keys and old server. */
export class House implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly ledger: MemoryLedger;
  readonly keys: MemoryKeys;
  readonly mailboxes: OldMailboxes;
  readonly old: FakeOldServer;
  /** Another place for mail than the memory ledger. */
  readonly shelf: Shelf | null;
  readonly limits: TransferLimits;
  /** Why copying has to wait for room. */
  shortage: string | null = null;
  /** The old server is known to keep what is read. */
  readonly readings: FirstReadings;
  transfers: Transfers;
  admissions: OldServerAdmissions;
  tools: TransferTools;
  /** What holds of the limits of moves. */
  inForce: LimitsInForce;
  /** What the log has warned of. */
  readonly warnings: { readonly msg: string; readonly address?: string }[] = [];
  /** Whom the old server did not let in. */
  readonly refused: string[] = [];
  /** Told of good logins here. */
  proved: ProvedHere;

  /** @param beside another machine of the same house: everything that lasts is shared with it */
  constructor(limits: Partial<TransferLimits> = {}, beside: House | null = null, shelf: Shelf | null = null) {
    this.shelf = shelf;
    this.clock = beside?.clock ?? new ManualClock();
    this.ledger = beside?.ledger ?? new MemoryLedger();
    this.keys = beside?.keys ?? new MemoryKeys();
    this.mailboxes = beside?.mailboxes ?? new OldMailboxes();
    this.old = beside?.old ?? new FakeOldServer(this.mailboxes);
    this.readings = new FirstReadings({
      kept: { readingEffect: async () => "keeps", setReadingEffect: async () => undefined },
      clock: this.clock,
      log: silentLog,
    });
    this.limits = { ...usualLimits, ...limits };
    ({
      inForce: this.inForce,
      transfers: this.transfers,
      admissions: this.admissions,
      tools: this.tools,
      proved: this.proved,
    } = this.#open());
  }

  /** The domain migrates, and transfers run. */
  static async migrating(limits: Partial<TransferLimits> = {}, shelf: Shelf | null = null): Promise<House> {
    const house = new House(limits, null, shelf);
    await house.keys.create("key");
    await house.tools.ledger.setMigration({
      domain,
      oldServer: oldAddress,
      message: null,
      sealingKey: "key",
      startedAt: house.clock.now(),
    });
    house.transfers.start();
    return house;
  }

  async login(name: string, password = "secret"): Promise<AdmissionAnswer> {
    const address = `${name}@${domain}`;
    return await this.admissions.admit({
      address,
      domain,
      password: Buffer.from(password),
      peerAddress: "192.0.2.1",
    });
  }

  /** Logs in for the first time, which must succeed. */
  async admit(name: string): Promise<MailboxId> {
    const answer = await this.login(name);
    if (answer.answer !== "admitted") throw new Error(JSON.stringify(answer));
    return answer.mailbox;
  }

  /** Lets things run without time passing until something holds. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let turn = 0; turn < 2000; turn++) {
      if (await holds()) return;
      await settle(1);
    }
    throw new Error(`it never holds: ${holds}`);
  }

  /** A mailbox on the old server, with messages `uid-1` … of these texts. */
  fill(name: string, texts: readonly string[]): OldMailbox {
    const mailbox = this.mailboxes.add(`${name}@${domain}`, "secret");
    for (const [index, text] of texts.entries()) put(mailbox, text, `uid-${index + 1}`);
    return mailbox;
  }

  /** Until everything of a mailbox is here and its worker rests. */
  async untilFollowing(mailbox: MailboxId): Promise<void> {
    await this.until(async () => (await this.ledger.transfer(mailbox))?.state === "following");
    await settle();
  }

  /** As if the process had been killed: what was in memory is gone, connections break. */
  async restart(): Promise<void> {
    const before = this.transfers;
    const stopping = Promise.all([before[Symbol.asyncDispose](), this.admissions[Symbol.asyncDispose]()]);
    await this.clock.advance(4000);
    await stopping;
    ({
      inForce: this.inForce,
      transfers: this.transfers,
      admissions: this.admissions,
      tools: this.tools,
      proved: this.proved,
    } = this.#open());
    this.transfers.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopping = Promise.all([
      this.transfers[Symbol.asyncDispose](),
      this.admissions[Symbol.asyncDispose](),
    ]);
    await this.clock.advance(10_000);
    await stopping;
  }

  #open(): Pick<House, "inForce" | "transfers" | "admissions" | "tools" | "proved"> {
    const { keys, clock, old, shelf } = this;
    const ledger = shelf?.ledger ?? this.ledger;
    let made = 0;
    const budgets = new ConnectionBudgets(this.limits.connections, clock);
    const inForce = new LimitsInForce(budgets, clock, wallClock("UTC"));
    const tools: TransferTools = {
      ledger,
      keys,
      clock,
      oldServer: new CountedOldServer(old, (server) => inForce.bandwidth(server)),
      budgets,
      inForce,
      stage: shelf?.stage ?? memoryStage,
      sameMaildrops: new SameMaildrops(),
      headerLooks: new HeaderLooks(),
      readings: this.readings,
      random: () => 0.5,
      newUidl: () => `mf-${randomBytes(9).toString("hex")}`,
      marksOf: (header) => readMarks(markKey, header),
      shortage: () => this.shortage,
      log: pino({ level: "warn" }, { write: (line) => void this.warnings.push(JSON.parse(line)) }),
      limits: this.limits,
    };
    const transfers = new Transfers(tools);
    const proved = new ProvedHere({
      ledger,
      clock,
      log: silentLog,
      tryPassword: (mailbox, password) => transfers.tryPassword(mailbox, password),
    });
    const admissions = new OldServerAdmissions(
      {
        ...tools,
        noPasswords: new NoPasswords(),
        hashLater: () => undefined,
        admitted: async (address) => (shelf ? shelf.admitted(address) : this.ledger.mailboxOf(address)),
        refused: ({ address }) => void this.refused.push(address),
        newId: () => `id${++made}`,
        takeOver: (transfer, opened, listing) => transfers.takeOver(transfer, opened, listing),
      },
      proved,
      { isOf: async () => "lost" },
    );
    return { inForce, transfers, admissions, tools, proved };
  }
}
