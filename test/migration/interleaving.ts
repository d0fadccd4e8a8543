/** Whatever happens, in whatever order: each old message is here once in the end, and what was deleted is not. */
import fc from "fast-check";
import { expect } from "vitest";
import { makeMark } from "#mail/loop-mark";
import type { MailboxId } from "#mailbox/ids";
import type { Fate } from "../old-server/fake-old-server.ts";
import { type OldMailbox, put } from "../old-server/maildrop.ts";
import { domain, House, markKey } from "./house.ts";
import type { Shelf } from "./shelf.ts";

export type Step =
  | { readonly step: "arrive"; readonly filling: number }
  | { readonly step: "remove" | "delete" | "read" | "pass" | "fail"; readonly number: number }
  | { readonly step: "fate"; readonly fate: Exclude<Fate, Promise<void>>; readonly number: number }
  | { readonly step: "restart" | "check" };

const number = fc.nat({ max: 20 });

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ step: fc.constant("arrive" as const), filling: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("remove" as const), number }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("delete" as const), number }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("read" as const), number }) },
  { weight: 5, arbitrary: fc.record({ step: fc.constant("pass" as const), number }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("fail" as const), number: fc.nat({ max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constant("fate" as const),
      fate: fc.constantFrom("drop" as const, "cut" as const, "refused" as const, "empty" as const),
      number,
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ step: "restart" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ step: "check" }) },
);

class Play {
  readonly house: House;
  readonly shelf: Shelf;
  readonly old: OldMailbox;
  readonly mailbox: MailboxId;
  readonly sent: string[] = [];
  readonly deleted = new Set<string>();

  constructor(house: House, shelf: Shelf, old: OldMailbox, mailbox: MailboxId) {
    this.house = house;
    this.shelf = shelf;
    this.old = old;
    this.mailbox = mailbox;
  }

  async take(step: Step): Promise<void> {
    const { house, old } = this;
    switch (step.step) {
      case "arrive":
        return arrive(old, this.sent, step.filling);
      case "remove":
        old.messages.splice(step.number % Math.max(old.messages.length, 1), 1);
        return;
      case "delete":
        return await this.#delete(step.number);
      case "read":
        return await this.#read(step.number);
      case "pass":
        return await this.pass(step.number * step.number * 2000);
      case "fail":
        return this.shelf.fail(step.number);
      case "fate": {
        let left = step.number % 4;
        house.old.fateOf = (_, at) => (at % 3 === step.number % 3 && left-- > 0 ? step.fate : "given");
        return;
      }
      case "check":
        void house.transfers.check(this.mailbox);
        return await this.shelf.breathe();
      case "restart":
        return await house.restart();
    }
  }

  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 60_000) {
      await this.house.clock.advance(Math.min(left, 60_000));
      await this.shelf.breathe();
    }
  }

  /** Everything is well again, and time passes until nothing is left to do. */
  async heal(): Promise<void> {
    this.house.old.fateOf = () => "given";
    this.shelf.fail(0);
    for (let hour = 0; hour < 60; hour++) {
      await this.pass(3_600_000);
      void this.house.transfers.check(this.mailbox);
      await this.shelf.breathe();
      const transfer = await this.shelf.ledger.transfer(this.mailbox);
      if (hour > 2 && transfer?.state === "following") return;
    }
    throw new Error(`it never ends: ${JSON.stringify(await this.shelf.ledger.transfer(this.mailbox))}`);
  }

  async #delete(number: number): Promise<void> {
    const messages = await this.shelf.messages(this.mailbox);
    const message = messages[number % Math.max(messages.length, 1)];
    if (!message) return;
    this.deleted.add(message.uidl);
    await this.shelf.expunge(this.mailbox, message.uidl);
  }

  async #read(number: number): Promise<void> {
    const rows = await this.shelf.ledger.remoteRows(this.mailbox);
    const content = rows[number % Math.max(rows.length, 1)]?.content ?? null;
    if (content !== null) void this.house.transfers.bring(this.mailbox, content);
    await this.shelf.breathe();
  }
}

function arrive(old: OldMailbox, sent: string[], filling: number): void {
  const id = String(sent.length).padStart(3, "0");
  const mark = filling === 0 ? `Received: by x id ${makeMark(markKey, `q${id}`)};\r\n\td\r\n` : "";
  const text = `${mark}Subject: ${id}\r\n\r\n${"x".repeat(filling)}`;
  sent.push(text);
  put(old, text, `uid-${id}`);
}

/** Plays steps for a person with so many old messages, and looks at what has become of them. */
export async function holds(shelf: Shelf, first: number, steps: readonly Step[]): Promise<void> {
  await using house = await House.migrating({ commitMessages: 3, bigMessage: 30, look: 60_000 }, shelf);
  house.old.pipeline = 60;
  const name = `anna${++persons}`;
  const old = house.mailboxes.add(`${name}@${domain}`, "secret");
  const sent: string[] = [];
  for (let n = 0; n < first; n++) arrive(old, sent, n % 4);
  const play = new Play(house, shelf, old, await house.admit(name));
  play.sent.push(...sent);
  for (const step of steps) await play.take(step);
  await play.heal();
  const here = await shelf.messages(play.mailbox);
  const present = new Set(old.messages.map(({ uidl }) => uidl));
  for (const [index, text] of play.sent.entries()) {
    const uidl = `uid-${String(index).padStart(3, "0")}`;
    const times = here.filter((one) => one.text === text).length;
    const right = play.deleted.has(uidl) ? [0] : present.has(uidl) ? [1] : [0, 1];
    expect({ uidl, times, right: right.includes(times) }).toMatchObject({ uidl, right: true });
  }
  expect(here.filter(({ text }) => text === null)).toEqual([]);
  expect(new Set(here.map(({ uidl }) => uidl)).size).toBe(here.length);
  const before = house.old.retrieved.length;
  await play.pass(2 * 3_600_000);
  expect(house.old.retrieved.length).toBe(before);
}

let persons = 0;
