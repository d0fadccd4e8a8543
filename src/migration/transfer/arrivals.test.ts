import { describe, expect, test } from "vitest";
import { systemClock } from "#jobs/clock";
import type { ContentId, MailboxId } from "#mailbox/ids";
import { settle } from "../../../test/jobs/manual-clock.ts";
import type { Arrived, Ledger, LedgerRow, Swept } from "../ledger.ts";
import { type Arrival, Arrivals } from "./arrivals.ts";

/** A ledger that takes what it is given when it is let, in one batch after the other. */
class SlowLedger {
  readonly batches: string[][] = [];
  failure: Error | null = null;
  #gate: PromiseWithResolvers<void> | null = null;
  underWay = 0;

  hold(): () => void {
    const gate = Promise.withResolvers<void>();
    this.#gate = gate;
    return () => {
      this.#gate = null;
      gate.resolve();
    };
  }
  async arrive(_mailbox: MailboxId, arrived: readonly Arrived[]): Promise<void> {
    await this.#take(arrived.map(({ row }) => `row ${row}`));
  }
  async adopt(_mailbox: MailboxId, swept: readonly Swept[]) {
    await this.#take(swept.map(({ uidl }) => `new ${uidl}`));
    return { stored: swept.length, alreadyHere: 0 };
  }
  async #take(names: string[]): Promise<void> {
    this.underWay++;
    await this.#gate?.promise;
    this.underWay--;
    if (this.failure) throw this.failure;
    this.batches.push(names);
  }
}

function arrival(number: number, octets: number, disposed: string[] = []): Arrival {
  return {
    kind: "row",
    row: { id: number, content: number as ContentId } as LedgerRow,
    marks: [],
    fetched: {
      content: new Uint8Array(octets),
      size: octets,
      beginning: new Uint8Array(),
      inMemory: octets,
      sha256: () => "",
      settledSha256: () => null,
      [Symbol.asyncDispose]: async () => void disposed.push(`${number}`),
    },
  };
}

function open(ledger: SlowLedger, limits = { inFlight: 1000, commitMessages: 4, commitOctets: 500 }) {
  const committed: number[] = [];
  const arrivals = new Arrivals({
    ledger: ledger as unknown as Ledger,
    mailbox: 1 as MailboxId,
    clock: systemClock,
    limits,
    committed: (batch) => committed.push(batch.length),
  });
  return { arrivals, committed };
}

describe("arrivals", () => {
  test("are gathered while a commit is under way, and committed in their order", async () => {
    const ledger = new SlowLedger();
    const { arrivals, committed } = open(ledger);
    const release = ledger.hold();
    await arrivals.add(arrival(1, 10));
    await settle();
    for (const number of [2, 3, 4, 5, 6, 7]) await arrivals.add(arrival(number, 10));
    expect(arrivals.isOnTheWay(6 as ContentId)).toBe(true);
    release();
    await arrivals.settle();
    expect(ledger.batches).toEqual([["row 1"], ["row 2", "row 3", "row 4", "row 5"], ["row 6", "row 7"]]);
    expect(committed).toEqual([1, 4, 2]);
    expect(arrivals.landed).toMatchObject({ arrived: 7, octets: 70 });
    expect(arrivals.isOnTheWay(6 as ContentId)).toBe(false);
  });

  test("a commit is bounded in octets", async () => {
    const ledger = new SlowLedger();
    const { arrivals } = open(ledger);
    const release = ledger.hold();
    for (const [number, octets] of [
      [1, 1],
      [2, 300],
      [3, 300],
      [4, 100],
    ] as const) {
      await arrivals.add(arrival(number, octets));
    }
    release();
    await arrivals.settle();
    expect(ledger.batches).toEqual([["row 1"], ["row 2"], ["row 3", "row 4"]]);
  });

  test("only so many octets are on the way at once", async () => {
    const ledger = new SlowLedger();
    const { arrivals } = open(ledger);
    const release = ledger.hold();
    await arrivals.add(arrival(1, 900));
    let taken = false;
    const second = arrivals.add(arrival(2, 200)).then(() => {
      taken = true;
    });
    await settle();
    expect(taken).toBe(false);
    release();
    await second;
    await arrivals.settle();
    expect(ledger.batches.flat()).toEqual(["row 1", "row 2"]);
  });

  test("a full batch waits for no commit, unless it is of new mail", async () => {
    const ledger = new SlowLedger();
    const { arrivals } = open(ledger);
    const release = ledger.hold();
    for (const number of [1, 2, 3, 4, 5, 6]) await arrivals.add(arrival(number, 10));
    await settle();
    expect(ledger.underWay).toBe(2);
    const listed = { uidl: "u", size: 10, occurrence: 0, message: { number: 1, size: 10, uidl: "u" } };
    for (const number of [7, 8, 9, 10]) {
      await arrivals.add({ ...arrival(number, 10), kind: "new", listed, entryUidl: "u" } as Arrival);
    }
    await settle();
    expect(ledger.underWay).toBe(2);
    release();
    await arrivals.settle();
    expect(ledger.batches.map(({ length }) => length)).toEqual([1, 4, 1, 3, 1]);
  });

  test("after a failure nothing more is committed, and everything is disposed of", async () => {
    const ledger = new SlowLedger();
    const { arrivals, committed } = open(ledger);
    const disposed: string[] = [];
    ledger.failure = new Error("full");
    await arrivals.add(arrival(1, 10, disposed));
    await arrivals.add(arrival(2, 10, disposed));
    await arrivals.settle();
    ledger.failure = null;
    await arrivals.add(arrival(3, 10, disposed));
    await arrivals.settle();
    expect(arrivals.failure?.message).toBe("full");
    expect([ledger.batches, committed]).toEqual([[], []]);
    expect(disposed).toEqual(["1", "2", "3"]);
  });
});
