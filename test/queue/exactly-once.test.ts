/** Whatever servers answer and whenever the program dies: every recipient gets the message once, or its sender hears. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { silentLog } from "#observe/log";
import type { Consignment, Courier, Delivery } from "#queue/courier";
import { QueueRunner } from "../../src/queue/runner.ts";
import { testMessage } from "../courier/consignment.ts";
import { ManualClock, settle } from "../jobs/manual-clock.ts";
import { MemoryStage } from "../smtp/memory-stage.ts";
import { MemoryQueueStore, QueueDisk } from "./memory-queue-store.ts";
import { markKey } from "./queue-house.ts";
import { queuedRecipient } from "./queued.ts";

/** What happens at an attempt. A crash ends the program there, and another begins. */
const events = [
  "delivered",
  "deferred",
  "unreached",
  "rejected",
  "policy",
  /** The message was taken, or not, and nobody heard. */
  "taken-unheard",
  "lost-unheard",
  "crash-before",
  "crash-after",
] as const;
type Event = (typeof events)[number];

const reply = { host: "old.big-company.com", code: 250, enhanced: "2.0.0", text: "so it is" };
const nobody = { host: null, code: null, enhanced: "4.4.1", text: "no connection" };
const day = 24 * 60 * 60_000;
const home = 1 as MailboxId;

class World {
  readonly disk = new QueueDisk();
  readonly clock = new ManualClock(testMessage.receivedAt);
  /** What lies on the old server, by queued recipient, as often as it was taken. */
  readonly old: string[] = [];
  /** Attempts that took a message, or may have, without the queue knowing. */
  readonly unheard = new Set<string>();
  readonly admitted = new Set<string>();
  readonly #events: Event[];
  #store = new MemoryQueueStore(this.disk);
  #crash = Promise.withResolvers<void>();

  constructor(sequence: readonly Event[]) {
    this.#events = [...sequence];
  }

  /** Lives, dies and lives again until the queue is empty. */
  async run(): Promise<void> {
    for (let lives = 0; this.disk.rows.size > 0; lives++) {
      if (lives > 100) throw new Error("it never ends");
      this.#store = new MemoryQueueStore(this.disk);
      this.#crash = Promise.withResolvers<void>();
      const runner = this.#runner(this.#store);
      await runner.start();
      let isDead = false;
      void this.#crash.promise.then(() => {
        isDead = true;
      });
      while (!isDead && this.disk.rows.size > 0) await this.clock.advance(60_000 * 10);
      this.#store.cutOff();
      const ending = runner[Symbol.asyncDispose]();
      await settle();
      await ending;
    }
  }

  #runner(store: MemoryQueueStore): QueueRunner {
    const courier: Courier = { deliver: (consignment) => this.#deliver(consignment) };
    let ids = 0;
    return new QueueRunner(
      {
        store,
        courier,
        stage: new MemoryStage(),
        clock: this.clock,
        random: () => 0.5,
        newId: () => `report${++ids}`,
        log: silentLog,
        hostname: "mail.big-company.com",
        markKey,
        giveUpAfter: day,
        domain: async (name) => ({
          kind: "remote",
          name,
          hosts: [],
          tls: { mode: "none" },
          deliver: "immediately",
        }),
        reroute: async (address) => (this.admitted.has(address) ? home : null),
        // The sweep runs whenever it is asked for: whatever lies there by now is brought.
        isCaughtUp: async () => {
          this.disk.sweep(this.old.filter((id) => this.admitted.has(`${id}@big-company.com`)));
          return true;
        },
        routeReport: async (address) => [{ kind: "mailbox", mailbox: home, address }],
        piped: () => undefined,
        knownRecipients: { accepted: async () => undefined },
        alarm: () => undefined,
      },
      { total: 5, perDestination: 2, grace: 0 },
    );
  }

  async #deliver({ recipients }: Consignment): Promise<readonly Delivery[]> {
    const event = this.#events.shift() ?? "delivered";
    await settle(1);
    const ids = recipients.map(({ id }) => id);
    if (event === "crash-before" || event === "crash-after") {
      if (event === "crash-after") this.old.push(...ids);
      // Nobody hears any more of whatever is under way.
      for (const [id, { begun }] of this.disk.rows) if (begun) this.unheard.add(id);
      this.#store.cutOff();
      this.#crash.resolve();
    }
    if (event === "taken-unheard" || event === "delivered") this.old.push(...ids);
    if (event.endsWith("unheard")) for (const id of ids) this.unheard.add(id);
    return ids.map((recipient) => outcome(event, recipient));
  }
}

function outcome(event: Event, recipient: string): Delivery {
  switch (event) {
    case "delivered":
    case "crash-after":
    case "crash-before":
      return { kind: "delivered", recipient, reply, keepsNotify: true };
    case "rejected":
      return { kind: "rejected", recipient, reply, policy: false };
    case "policy":
      return { kind: "rejected", recipient, reply, policy: true };
    case "unreached":
      return { kind: "deferred", recipient, reply: nobody, mayHaveArrived: false };
    case "deferred":
      return { kind: "deferred", recipient, reply, mayHaveArrived: false };
    default:
      return { kind: "deferred", recipient, reply, mayHaveArrived: true };
  }
}

const sequences = fc.array(fc.constantFrom(...events), { maxLength: 25 });
const names = ["anna", "ben", "carl"];

test("nobody is lost, nobody gets it twice unless an answer was lost, and no report is untrue", async () => {
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const world = new World(sequence);
      for (const id of names) world.disk.put(queuedRecipient({ id, address: `${id}@big-company.com` }));
      await world.run();
      const told = reportedAddresses(world);
      for (const id of names) {
        const taken = world.old.filter((other) => other === id).length;
        const reported = told.filter((address) => address === `${id}@big-company.com`).length;
        expect(reported).toBeLessThanOrEqual(1);
        expect(taken + reported).toBeGreaterThanOrEqual(1);
        if (!world.unheard.has(id)) expect(taken + reported).toBe(1);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("an owner who comes over in the middle has everything once, whatever was in doubt", async () => {
  await fc.assert(
    fc.asyncProperty(sequences, fc.nat(25), async (sequence, at) => {
      const kinds = sequence.filter((event) => event !== "rejected");
      const world = new World(kinds);
      for (const id of names) world.disk.put(queuedRecipient({ id, address: `${id}@big-company.com` }));
      const coming = world.clock.wait(at * 30_000).then(() => {
        for (const id of names) world.admitted.add(`${id}@big-company.com`);
        // The listing at admission brings what lies there.
        world.disk.sweep(world.old);
      });
      await world.run();
      await world.clock.advance(day);
      await coming;
      // The final check of the migration.
      world.disk.sweep(world.old);
      expect([...world.disk.inbox].sort()).toEqual(names);
      expect(world.disk.reports).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 60_000);

function reportedAddresses(world: World): string[] {
  return world.disk.reports.flatMap(({ content }) => {
    const text = content.body.kind === "inline" ? Buffer.from(content.body.octets).toString() : "";
    return [...text.matchAll(/Final-Recipient: rfc822; (\S+)\r\nAction: failed/g)].map(
      ([, address]) => address ?? "",
    );
  });
}
