/** A house on a real store with one person in it who goes back: the queue's work is done by hand, step by step. */
import { setTimeout as wait } from "node:timers/promises";
import { makeMark } from "#mail/loop-mark";
import type { MailboxId } from "#mailbox/ids";
import { done, type Outcome } from "#mailbox/problem";
import type { ReturnReport } from "#migration/return/return-report";
import { usualReturnTimes, type WayOut } from "#migration/return/return-tools";
import { admissionsOfThoseHere } from "#migration/return/returned-admissions";
import { Returns } from "#migration/return/returns";
import { type Harness, octetsOf, readAll, value } from "../contract/harness.ts";
import { recipientsOf, takeIn } from "../contract/queue-words.ts";
import { openSqlite } from "../contract/sqlite-harness.ts";
import { type OldMailbox, put } from "../old-server/maildrop.ts";
import { domain, House, markKey } from "./house.ts";
import type { Shelf } from "./shelf.ts";

export const anna = `anna@${domain}`;

export class ReturnWorld implements AsyncDisposable {
  readonly store: Harness;
  readonly house: House;
  readonly old: OldMailbox;
  readonly mailbox: MailboxId;
  returns: Returns;
  isCuttingOver = false;
  way: Outcome<WayOut> = done({ route: "big-company.old", recipient: anna });
  readonly ended: MailboxId[] = [];

  private constructor(store: Harness, house: House, old: OldMailbox, mailbox: MailboxId) {
    this.store = store;
    this.house = house;
    this.old = old;
    this.mailbox = mailbox;
    this.returns = this.#open();
  }

  /** Anna has moved with these old messages. */
  static async moved(texts: readonly string[]): Promise<ReturnWorld> {
    const store = await openSqlite();
    await store.directory.addDomain({ kind: "local", name: domain, unknownUsers: { rule: "reject" } });
    const house = await House.migrating({}, shelfOf(store));
    const old = house.fill("anna", texts);
    const mailbox = await house.admit("anna");
    const world = new ReturnWorld(store, house, old, mailbox);
    await world.following();
    return world;
  }

  /** Mail from outside, for whoever is here. */
  async deliver(subject: string): Promise<void> {
    await takeIn(this.store, octetsOf(subject), [this.mailbox], []);
  }

  /** What is queued leaves for the old server, which makes of it what `change` says. */
  async pump(change: (text: string) => string | null = (text) => text): Promise<void> {
    for (const { id, message } of await recipientsOf(this.store)) {
      await this.store.queue.begin([id]);
      const content = await readAll(await this.store.queue.read(message.id, message.traceLength));
      const trace = `Received: from x by y id ${makeMark(markKey, id)};\r\n\tdate\r\n`;
      const taken = change(trace + content.toString("latin1"));
      if (taken !== null) put(this.old, taken);
      await this.store.queue.finish([{ kind: "delivered", recipient: id, report: null }]);
    }
  }

  async begin(allFolders = false): Promise<ReturnReport> {
    return value(await this.returns.begin(anna, { allFolders }));
  }

  /** Goes on until it is over, whatever time that takes. */
  async end(): Promise<ReturnReport> {
    for (let step = 0; step < 50; step++) {
      await this.returns.goOn(anna);
      const report = value(await this.returns.show(anna));
      if (report.way.phase === "proved" || report.way.phase === "unproved") return report;
      if (report.queued > 0) await this.pump();
      await this.house.clock.advance(Math.max(0, report.way.nextTry - this.house.clock.now()));
    }
    throw new Error("it never ends");
  }

  /** Logs in as her program does. */
  async login(password = "secret"): Promise<string> {
    const admissions = admissionsOfThoseHere(this.house.admissions, this.store.returns);
    const request = { address: anna, domain, password: Buffer.from(password), peerAddress: "192.0.2.1" };
    return (await admissions.admit(request)).answer;
  }

  /** As after kill -9. */
  async restart(): Promise<void> {
    await this.returns[Symbol.asyncDispose]();
    await this.house.restart();
    this.returns = this.#open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.returns[Symbol.asyncDispose]();
    await this.house[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }

  #open(): Returns {
    const { house, store } = this;
    return new Returns({
      ...house.tools,
      store: store.returns,
      read: (content) => store.mail.read(content),
      mailbox: (address) => store.directory.mailbox(address),
      wayOut: async () => this.way,
      isCuttingOver: async () => this.isCuttingOver,
      endSessions: (mailbox) => void this.ended.push(mailbox),
      leave: (mailbox) => house.transfers.leave(mailbox),
      wakeQueue: () => undefined,
      times: usualReturnTimes,
    });
  }

  async following(): Promise<void> {
    for (let turn = 0; turn < 500; turn++) {
      if ((await this.store.ledger.transfer(this.mailbox))?.state === "following") return;
      await this.house.clock.advance(10);
      await wait(2);
    }
    throw new Error(`it is never over: ${JSON.stringify(await this.store.ledger.transfer(this.mailbox))}`);
  }
}

function shelfOf(store: Harness): Shelf {
  return {
    ledger: store.ledger,
    stage: store.stage,
    async admitted(address) {
      const mailbox = await store.directory.mailbox(address);
      return mailbox?.admitted ? mailbox.id : null;
    },
    messages: async () => [],
    expunge: async () => undefined,
    fail: () => undefined,
    breathe: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
