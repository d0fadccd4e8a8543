/** A queue at work: SQLite, the real courier on real sockets, and a clock that the test moves. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Changes } from "#mailbox/changes";
import type { MailboxId } from "#mailbox/ids";
import type { Resolver } from "#net/resolver";
import { silentLog } from "#observe/log";
import type { NewQueued, QueuedMessage, QueuedRecipient } from "#queue/queue-store";
import type { PolicyAlarm, QueueServices } from "#queue/services";
import { KnownGood } from "../../src/courier/known-good.ts";
import { SmtpCourier } from "../../src/courier/smtp-courier.ts";
import type { Domain } from "../../src/directory/domain.ts";
import { parseAddress } from "../../src/mail/address.ts";
import { localMailbox } from "../../src/queue/reroute.ts";
import { QueueRunner, type RunnerSettings } from "../../src/queue/runner.ts";
import { routeRecipient } from "../../src/routing/route.ts";
import { openStore, type Store } from "../../src/store/sqlite/open.ts";
import { fixedResolver, testMessage } from "../courier/consignment.ts";
import { ManualClock } from "../jobs/manual-clock.ts";

export const markKey = Buffer.alloc(32, 7);
/** What stands on top of every message in the queue, as SMTP puts it there. */
export const trace = "Return-Path: <bob@example.com>\r\nReceived: from client by here\r\n";

export interface HouseOptions {
  /** Ports of big-company.old, its hosts in order. */
  readonly ports: readonly number[];
  readonly deliver?: "immediately" | "hold";
  readonly resolver?: Resolver;
  readonly mxPort?: number;
  readonly runner?: Partial<RunnerSettings>;
}

export class QueueHouse implements AsyncDisposable {
  readonly store: Store;
  readonly clock = new ManualClock(testMessage.receivedAt);
  /** What the queue told its neighbours. */
  readonly piped: string[] = [];
  readonly alarms: PolicyAlarm[] = [];
  /** Mailboxes whose sweep has ended, as the migration would say. */
  readonly caughtUp = new Set<MailboxId>();
  readonly courier: SmtpCourier;
  readonly #options: HouseOptions;
  readonly #directory: string;
  #runner: QueueRunner;
  #count = 0;

  private constructor(store: Store, directory: string, options: HouseOptions) {
    this.store = store;
    this.#directory = directory;
    this.#options = options;
    this.courier = new SmtpCourier({
      heloName: "mail.big-company.com",
      instanceId: "instance-4711",
      resolver: options.resolver ?? fixedResolver(),
      isOurs: () => false,
      knownGood: new KnownGood(),
      ...(options.mxPort === undefined ? {} : { mxPort: options.mxPort }),
    });
    this.#runner = this.#newRunner();
  }

  static async open(options: HouseOptions): Promise<QueueHouse> {
    const directory = await mkdtemp(join(tmpdir(), "mailferry-queue-"));
    const store = await openStore({
      dataDirectory: directory,
      changes: new Changes(),
      log: silentLog,
      now: () => testMessage.receivedAt,
    });
    const house = new QueueHouse(store, directory, options);
    await house.addDomain({
      kind: "remote",
      name: "big-company.old",
      hosts: options.ports.map((port) => ({ host: "127.0.0.1", port })),
      tls: { mode: "none" },
      deliver: options.deliver ?? "immediately",
    });
    const pipe = { localPart: "*", domain: "big-company.com", route: "big-company.old" };
    await house.addDomain({
      kind: "local",
      name: "big-company.com",
      unknownUsers: { rule: "pipe", pipe },
    });
    return house;
  }

  async addDomain(domain: Domain): Promise<void> {
    await this.store.directory.addDomain(domain);
  }

  async admit(address: string): Promise<MailboxId> {
    const domain = address.replace(/.*@/, "");
    const settings = { address, domain, admitted: true, passwordHash: null, quota: null };
    const added = await this.store.directory.addMailbox(settings);
    if (!added.ok) throw new Error(added.problem.text);
    return added.value.id;
  }

  /** Puts a message into the queue, as SMTP does. */
  async accept(
    text: string,
    recipients: readonly (Partial<NewQueued> & { readonly address: string })[],
    message: Partial<QueuedMessage> = {},
  ): Promise<void> {
    await using writer = this.store.stage.begin();
    await writer.write(Buffer.from(trace + text, "latin1"));
    await using content = await writer.finish();
    const now = this.clock.now();
    await this.#runner.intake({
      message: {
        ...testMessage,
        id: `m${++this.#count}`,
        receivedAt: now,
        size: trace.length + text.length,
        traceLength: trace.length,
        ...message,
      },
      content,
      local: [],
      queued: recipients.map((recipient) => ({
        notify: null,
        originalRecipient: null,
        via: { kind: "pipe", to: "big-company.old" },
        expires: now + 5 * 24 * 60 * 60_000,
        ...recipient,
      })),
    });
  }

  async start(): Promise<void> {
    await this.#runner.start();
  }

  wake(): void {
    this.#runner.wake();
  }

  /** Ends the runner as a stop of the program does. */
  async stop(): Promise<void> {
    await this.#runner[Symbol.asyncDispose]();
  }

  /** A new runner on the same store, as after a start of the program. */
  async restart(): Promise<void> {
    this.#runner = this.#newRunner();
    await this.#runner.start();
  }

  async waiting(): Promise<readonly QueuedRecipient[]> {
    return await this.store.queue.list("", 10_000);
  }

  /** The messages of a mailbox's INBOX, in order. */
  async inbox(mailbox: MailboxId): Promise<readonly string[]> {
    const folder = await this.store.mail.inbox(mailbox);
    if (!folder) throw new Error("no INBOX");
    const texts: string[] = [];
    for (const entry of await this.store.mail.entries(folder.id, 0, 1000)) {
      const octets = await this.store.mail.read(entry.content);
      const chunks = octets ? await Array.fromAsync(octets) : [];
      texts.push(Buffer.concat(chunks).toString("latin1"));
    }
    return texts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.courier[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true });
  }

  #newRunner(): QueueRunner {
    let ids = 0;
    const { directory } = this.store;
    const services: QueueServices = {
      store: this.store.queue,
      courier: this.courier,
      stage: this.store.stage,
      clock: this.clock,
      random: () => 0.5,
      newId: () => `report${++ids}`,
      log: silentLog,
      hostname: "mail.big-company.com",
      markKey,
      giveUpAfter: 5 * 24 * 60 * 60_000,
      domain: (name) => directory.domain(name),
      reroute: (address) => localMailbox(directory, address),
      isCaughtUp: async (mailbox) => this.caughtUp.has(mailbox),
      routeReport: async (address) => {
        const parsed = parseAddress(address);
        const route = parsed ? await routeRecipient(directory, parsed) : null;
        return route?.kind === "routed" ? route.destinations : [];
      },
      piped: (route, recipient) => this.piped.push(`${recipient} ${route}`),
      knownRecipients: this.store.knownRecipients,
      alarm: (alarm) => this.alarms.push(alarm),
    };
    return new QueueRunner(services, { total: 50, perDestination: 10, grace: 0, ...this.#options.runner });
  }
}

/** Waits until something holds; the test's own time limit ends it otherwise. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 2));
}
