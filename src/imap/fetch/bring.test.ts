import { describe, expect, it } from "vitest";
import type { ContentId, MailboxId, Uid } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { RemoteContent } from "#mailbox/remote-content";
import { bring } from "./bring.ts";

const mailbox = 1 as MailboxId;

function wanted(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    uid: (index + 1) as Uid,
    content: (index + 1) as ContentId,
  }));
}

/** An old server that answers when it is told to. */
class SlowServer implements RemoteContent {
  readonly asked: number[] = [];
  readonly #answers = new Map<number, (outcome: Outcome<void>) => void>();

  bring(_: MailboxId, content: ContentId): Promise<Outcome<void>> {
    this.asked.push(content);
    return new Promise((resolve) => this.#answers.set(content, resolve));
  }

  answer(content: number, outcome: Outcome<void> = done(undefined)): void {
    this.#answers.get(content)?.(outcome);
  }
}

describe("bring", () => {
  it("asks for several at once, newest first, and gives each as it comes", async () => {
    const server = new SlowServer();
    const coming = bring(server, mailbox, wanted(40));
    const first = coming.next();
    expect(server.asked).toEqual(Array.from({ length: 16 }, (_, index) => 40 - index));
    server.answer(30);
    expect((await first).value).toMatchObject({ uid: 30 });
    const second = coming.next();
    expect(server.asked.at(-1)).toBe(24);
    server.answer(40);
    expect((await second).value).toMatchObject({ uid: 40 });
  });

  it("gives all of them, those that cannot be had as well", async () => {
    const server: RemoteContent = {
      bring: async (_, content) => (content % 3 === 0 ? failed("temporary", "Not now.") : done(undefined)),
    };
    const outcomes = new Map<number, boolean>();
    for await (const { uid, outcome } of bring(server, mailbox, wanted(50))) outcomes.set(uid, outcome.ok);
    expect(outcomes.size).toBe(50);
    expect([...outcomes].every(([uid, isHere]) => isHere === (uid % 3 !== 0))).toBe(true);
  });

  it("gives up when the old server gives nothing", async () => {
    let asked = 0;
    const server: RemoteContent = {
      bring: async () => {
        asked++;
        return failed("temporary", "It does not answer.");
      },
    };
    let given = 0;
    for await (const _ of bring(server, mailbox, wanted(10_000))) given++;
    expect(asked).toBeLessThan(50);
    expect(given).toBe(asked);
  });
});
