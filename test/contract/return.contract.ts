/** People who went back, as `migration/return` wants them kept. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { StoreUnavailable } from "#mailbox/content";
import type { Transfer } from "#migration/migration";
import type { KeptHere, MailboxReturn } from "#migration/return/mailbox-return";
import type { ToSend } from "#migration/return/return-store";
import {
  append,
  entriesOf,
  expectProblem,
  type Harness,
  inboxOf,
  type OpenHarness,
  octetsOf,
  plainFiling,
  readAll,
  staged,
  value,
} from "./harness.ts";
import {
  admit,
  domain,
  listingOf,
  minute,
  start,
  startMigration,
  swept,
  tryToAdmit,
} from "./ledger-words.ts";
import { emptyQueue, inboxTexts, intakeOf, queueOne, recipientsOf, takeIn } from "./queue-words.ts";

export function returnContract(open: OpenHarness): void {
  describe("returns", () => {
    let store: Harness;
    let anna: Transfer;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      await startMigration(store);
      await emptyQueue(store);
      anna = await admit(store, listingOf(2));
    });

    const wayOf = ({ mailbox, address }: Transfer, change: Partial<MailboxReturn> = {}): MailboxReturn => ({
      ...{ mailbox, address, domain, route: "big-company.old", recipient: address, startedAt: start },
      ...{ allFolders: false, phase: "sending", reason: null, sentAt: null, lookedAt: null, looks: 0 },
      ...{ nextTry: start, mayCome: false },
      ...change,
    });
    const contents = async (): Promise<readonly KeptHere[]> =>
      (await store.returns.contents(anna.mailbox, 0, 100)).filter(({ origin }) => origin === "here");
    const deliver = async (subject: string, size = 0): Promise<KeptHere> => {
      await takeIn(store, octetsOf(subject, size), [anna.mailbox], []);
      const last = (await contents()).at(-1);
      if (!last) throw new Error("it did not come");
      return last;
    };
    const toSend = ({ content, messageId }: KeptHere): ToSend => ({
      ...{ content, messageId, skipped: 0, size: 10, isEightBit: false, sha256: "ab" },
    });
    const comeAgain = async () => value(await tryToAdmit(store, listingOf(2), anna.address));

    it("are away from one commit on: nothing is put into the mailbox, and nothing of it is changed", async () => {
      await deliver("before");
      const before = await inboxTexts(store, anna.mailbox);
      value(await store.returns.begin(wayOf(anna)));
      await store.reopen();
      expect(await store.directory.mailbox(anna.address)).toMatchObject({ admitted: false });
      expect(await store.ledger.transfer(anna.mailbox)).toMatchObject({ state: "returned" });
      expect(await store.ledger.dueTransfers(start + 9 * minute, 9)).toEqual([]);
      await expect(takeIn(store, octetsOf("late"), [anna.mailbox], [])).rejects.toThrow(StoreUnavailable);
      // Sessions that were open then.
      const inbox = await inboxOf(store, anna.mailbox);
      await using appended = await staged(store.stage, octetsOf("appended late"));
      expectProblem(await store.mail.append(inbox.id, appended, plainFiling), "temporary");
      const all = (await entriesOf(store, inbox)).map(({ id }) => id);
      expectProblem(await store.mail.copy(all, inbox.id), "temporary");
      await store.ledger.adopt(anna.mailbox, [swept("u9", octetsOf("swept"), [])], start);
      expect(await inboxTexts(store, anna.mailbox)).toEqual(before);
      // A report has nobody who would send it again: it is kept, and goes after its reader (`contents`).
      const { id } = await queueOne(store);
      await using content = await staged(store.stage, octetsOf("a report"));
      await store.queue.finish([
        { kind: "failed", recipient: id, report: intakeOf(content, [anna.mailbox], []) },
      ]);
      expect((await contents()).at(-1)).toMatchObject({ messageId: "<a report@big-company.com>" });
      // What a worker that had not heard of it writes down late changes nothing.
      const late = { state: "following", reason: null, nextTry: start, failures: 0 } as const;
      await store.ledger.setTransfer(anna.mailbox, late);
      expect(await store.ledger.transfer(anna.mailbox)).toMatchObject({ state: "returned" });
    });

    it("are kept whole, and found while something is left to do", async () => {
      const way = wayOf(anna, { allFolders: true, reason: "it waits", looks: 3, lookedAt: start });
      value(await store.returns.begin(way));
      await store.reopen();
      expect(await store.returns.of(anna.address)).toEqual(way);
      expect(await store.returns.all(domain)).toContainEqual(way);
      expect(await store.returns.unfinished()).toContainEqual(way);
      const done = { ...way, phase: "proved" } as const;
      await store.returns.progress(done, "all there");
      expect(await store.returns.of(anna.address)).toEqual(done);
      expect((await store.returns.unfinished()).map(({ address }) => address)).not.toContain(anna.address);
      expect(await store.ledger.transfer(anna.mailbox)).toMatchObject({ reason: "all there" });
    });

    it("of somebody who has not moved, or has no old mailbox, are refused", async () => {
      const local = { domain, admitted: true, passwordHash: null, quota: null };
      const address = `local@${domain}`;
      const { id } = value(await store.directory.addMailbox({ ...local, address }));
      expectProblem(await store.returns.begin(wayOf({ ...anna, mailbox: id, address })), "not-permitted");
      expect(await store.directory.mailbox(address)).toMatchObject({ admitted: true });
      value(await store.directory.removeMailbox(id));
      expectProblem(await store.returns.begin(wayOf({ ...anna, mailbox: id })), "not-permitted");
    });

    it("tell what is in the mailbox, where it came from and where it lies", async () => {
      const [welcome] = await contents();
      expect(welcome).toMatchObject({ messageId: "<Welcome@big-company.com>", sent: null });
      const sentFolder = (await store.mail.folders(anna.mailbox)).find(({ name }) => name === "Sent");
      if (!sentFolder) throw new Error("there is no Sent");
      await append(store, sentFolder, octetsOf("written"), { flags: ["\\Deleted"], internalDate: start });
      const all = await store.returns.contents(anna.mailbox, 0, 100);
      expect(all.map(({ origin, size }) => [origin, size === null])).toEqual([
        ["old-server", true],
        ["old-server", true],
        ["here", false],
        ["here", false],
      ]);
      expect(all.at(-1)?.entries).toEqual([
        { folder: "Sent", specialUse: "sent", isDeleted: true, internalDate: start },
      ]);
      expect(await store.returns.contents(anna.mailbox, all[2]?.content ?? 0, 100)).toEqual(all.slice(3));
      expect(await store.returns.contents(anna.mailbox, 0, 1)).toEqual(all.slice(0, 1));
      const [row] = await store.ledger.rows(anna.mailbox);
      await store.ledger.missing([row?.id ?? 0], start);
      expect((await store.returns.contents(anna.mailbox, 0, 1))[0]).toMatchObject({ goneSince: start });
    });

    it("count what was deleted here and is still there", async () => {
      expect(await store.returns.deletedHere(anna.mailbox)).toBe(0);
      const inbox = await inboxOf(store, anna.mailbox);
      const [first, second] = await entriesOf(store, inbox);
      value(
        await store.mail.expunge(
          inbox.id,
          [first?.id, second?.id].flatMap((id) => id ?? []),
        ),
      );
      expect(await store.returns.deletedHere(anna.mailbox)).toBe(2);
      const [row] = await store.ledger.rows(anna.mailbox);
      await store.ledger.missing([row?.id ?? 0], start);
      expect(await store.returns.deletedHere(anna.mailbox)).toBe(1);
    });

    it.each([100, 200_000])("send a message of %i octets once, whatever is asked", async (size) => {
      const message = await deliver("goes", size);
      const way = wayOf(anna);
      expectProblem(await store.returns.send(way, toSend(message), start), "not-found");
      value(await store.returns.begin(way));
      expect(value(await store.returns.send(way, { ...toSend(message), skipped: 5 }, start))).toBe(true);
      expect(value(await store.returns.send(way, toSend(message), start))).toBe(false);
      await store.reopen();
      const [queued, ...others] = await recipientsOf(store);
      expect(others).toEqual([]);
      expect(queued).toMatchObject({
        address: anna.address,
        notify: ["NEVER"],
        via: { kind: "pipe", to: "big-company.old" },
        message: { reversePath: "", traceLength: 5, mustArrive: true, body: "7BIT" },
      });
      expect(await readAll(await store.queue.read(queued?.message.id ?? "", 0))).toEqual(
        octetsOf("goes", size),
      );
      const [sent] = await store.returns.sent(anna.mailbox);
      expect(sent).toMatchObject({ content: message.content, recipient: queued?.id, state: "queued" });
      await store.queue.begin([queued?.id ?? ""]);
      await store.queue.finish([{ kind: "delivered", recipient: queued?.id ?? "", report: null }]);
      expect(value(await store.returns.send(way, toSend(message), start))).toBe(false);
      expect((await store.returns.sent(anna.mailbox))[0]).toMatchObject({ state: "accepted", found: null });
      await store.returns.found([{ content: message.content, how: "same", seenAs: "10 u7" }]);
      await store.reopen();
      expect((await store.returns.sent(anna.mailbox))[0]).toMatchObject({ found: "same", seenAs: "10 u7" });
    });

    it("see what is held and why, and what was dropped can be sent again", async () => {
      const message = await deliver("refused");
      const way = wayOf(anna);
      value(await store.returns.begin(way));
      value(await store.returns.send(way, toSend(message), start));
      const [queued] = await recipientsOf(store);
      const recipient = queued?.id ?? "";
      await store.queue.begin([recipient]);
      const held = { reply: "552 too big", nextTry: start, mayHaveArrived: false, report: null, held: true };
      await store.queue.finish([{ kind: "deferred", recipient, ...held }]);
      expect(await store.queue.due(start + 9 * minute, 9)).toEqual([]);
      expect((await store.returns.sent(anna.mailbox))[0]).toMatchObject({
        state: "queued",
        held: true,
        lastReply: "552 too big",
      });
      value(await store.queue.drop(recipient));
      expect((await store.returns.sent(anna.mailbox))[0]).toMatchObject({ state: "dropped", held: false });
      expect(value(await store.returns.send(way, toSend(message), start))).toBe(true);
      expect(await store.returns.sent(anna.mailbox)).toMatchObject([{ state: "queued" }]);
    });

    it("end when their owner comes again: same mailbox and ledger, a new password, nothing twice", async () => {
      const message = await deliver("mine");
      const way = wayOf(anna);
      const before = await inboxTexts(store, anna.mailbox);
      value(await store.returns.begin(way));
      value(await store.returns.send(way, toSend(message), start));
      expectProblem(await tryToAdmit(store, listingOf(2), anna.address), "not-permitted");
      expect(value(await store.returns.permit(anna.mailbox))).toBe(false);
      expect(await store.returns.of(anna.address)).toMatchObject({ mayCome: true });
      const again = await comeAgain();
      expect(again).toMatchObject({ mailbox: anna.mailbox, state: "copying", lastStat: null, reason: null });
      expect(await store.directory.mailbox(anna.address)).toMatchObject({ admitted: true });
      expect(await store.returns.of(anna.address)).toBeNull();
      expect(await inboxTexts(store, anna.mailbox)).toEqual(before);
      expect(await store.ledger.rows(anna.mailbox)).toHaveLength(2);

      // What was still queued is here already, and so is what the old server had taken.
      const [queued] = await recipientsOf(store);
      const recipient = queued?.id ?? "";
      expect(value(await store.queue.deliverHere(recipient, anna.mailbox, start))).toBe("already-here");
      expect((await store.returns.sent(anna.mailbox))[0]).toMatchObject({ state: "came-back" });
      const back = [swept("u9", octetsOf("mine"), [recipient]), swept("u10", octetsOf("other"), [])];
      expect(await store.ledger.adopt(anna.mailbox, back, start)).toEqual({ stored: 1, alreadyHere: 1 });
      expect(await inboxTexts(store, anna.mailbox)).toHaveLength(before.length + 1);
      await store.returns.progress({ ...way, phase: "proved" }, "late words");
      expect(await store.ledger.transfer(anna.mailbox)).toMatchObject({ state: "copying", reason: null });
    });

    it("outlast the end of a migration, and then end at a word", async () => {
      value(await store.returns.begin(wayOf(anna)));
      value(await store.ledger.endMigration(domain));
      expect(await store.directory.mailbox(anna.address)).toMatchObject({ admitted: false });
      expect(await store.ledger.transfer(anna.mailbox)).toMatchObject({ state: "returned" });
      expect(await store.ledger.sealedPassword(anna.mailbox)).toBeNull();
      expect(value(await store.returns.permit(anna.mailbox))).toBe(true);
      expect(await store.directory.mailbox(anna.address)).toMatchObject({ admitted: true });
      expect(await store.ledger.transfer(anna.mailbox)).toMatchObject({ state: "settled" });
      expectProblem(await store.returns.permit(anna.mailbox), "not-found");
    });

    it("go with their mailbox", async () => {
      const message = await deliver("gone");
      const way = wayOf(anna);
      value(await store.returns.begin(way));
      value(await store.returns.send(way, toSend(message), start));
      value(await store.directory.removeMailbox(anna.mailbox));
      expect(await store.returns.of(anna.address)).toBeNull();
      expectProblem(await store.returns.permit(anna.mailbox), "not-found");
      // What is on its way goes on.
      expect(await recipientsOf(store)).toHaveLength(1);
      await expect.poll(() => store.returns.sent(anna.mailbox), { timeout: 10_000 }).toEqual([]);
    });
  });
}
