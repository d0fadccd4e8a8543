/** Content files on SQLite: whatever is refused, repeated or ended, no file stays that no row names. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { newMailbox, octetsOf, staged, value } from "./harness.ts";
import { admit, arrived, listingOf, oldMessage, start, startMigration, swept } from "./ledger-words.ts";
import { intakeOf, queued, queueOne, recipientsOf, takeIn } from "./queue-words.ts";
import { openSqlite, type SqliteHarness } from "./sqlite-harness.ts";

const large = 100_000;

describe("SQLite, content files", () => {
  let store: SqliteHarness;
  let anna: MailboxId;

  beforeAll(async () => {
    store = await openSqlite();
    await startMigration(store);
  });
  afterAll(() => store[Symbol.asyncDispose]());
  beforeEach(async () => {
    anna = (await admit(store, listingOf(2))).mailbox;
  });

  /** The files there are, and those that rows name, once what was forgotten has been unlinked. */
  async function expectFiles(expected: number): Promise<void> {
    const files = async () => {
      const found = await readdir(join(store.dataDirectory, "content"), {
        recursive: true,
        withFileTypes: true,
      });
      return found.filter((file) => file.isFile()).map((file) => file.name);
    };
    await expect.poll(async () => (await files()).length).toBe(expected);
    const database = new DatabaseSync(join(store.dataDirectory, "mailferry.db"), { readOnly: true });
    const sql =
      "SELECT file FROM content WHERE file <> '' UNION SELECT file FROM queued_message WHERE file <> ''";
    const named = database.prepare(sql).all();
    database.close();
    expect((await files()).toSorted()).toEqual(named.map((row) => row.file).toSorted());
  }
  const filesNow = async () => {
    const names = await readdir(join(store.dataDirectory, "content"), {
      recursive: true,
      withFileTypes: true,
    });
    return names.filter((name) => name.isFile()).length;
  };

  it("go with a refused intake", async () => {
    const gone = await newMailbox(store);
    value(await store.directory.removeMailbox(gone));
    const before = await filesNow();
    const intake = takeIn(store, octetsOf("x", large), [anna, gone], [queued("b@big-company.com")]);
    await expect(intake).rejects.toThrow();
    await expectFiles(before);
  });

  it("go with the last recipient, however it ends", async () => {
    const before = await filesNow();
    await takeIn(store, octetsOf("x", large), [], [queued("a@big-company.com"), queued("b@big-company.com")]);
    const [one, other] = await recipientsOf(store);
    await expectFiles(before + 1);
    value(await store.queue.drop(one?.id ?? ""));
    await expectFiles(before + 1);
    await store.queue.finish([{ kind: "failed", recipient: other?.id ?? "", report: null }]);
    await expectFiles(before);
  });

  it("of a report go when it is not sent, and stay when it is", async () => {
    const before = await filesNow();
    const { id } = await queueOne(store);
    await using text = await staged(store.stage, octetsOf("report", large));
    const report = intakeOf(text, [anna], [queued("c@big-company.com")], { reversePath: "" });
    await store.queue.finish([{ kind: "failed", recipient: id, report }]);
    await expectFiles(before + 2);
    await store.queue.finish([{ kind: "failed", recipient: id, report }]);
    await expectFiles(before + 2);
    for (const recipient of await recipientsOf(store)) value(await store.queue.drop(recipient.id));
    await expectFiles(before + 1);
  });

  it("change owner with a delivery here, and go when the message is here already", async () => {
    const before = await filesNow();
    const recipients = [];
    for (let n = 0; n < 2; n++) {
      recipients.push(await queueOne(store, "a@big-company.com", undefined, octetsOf(`q${n}`, large)));
    }
    const [first, second] = recipients.map((recipient) => recipient.id);
    await expectFiles(before + 2);
    value(await store.queue.deliverHere(first ?? "", anna, start));
    await expectFiles(before + 2);
    await store.ledger.adopt(anna, [swept("s", oldMessage(3, large), [second ?? ""])], start);
    await expectFiles(before + 3);
    expect(value(await store.queue.deliverHere(second ?? "", anna, start))).toBe("already-here");
    await expectFiles(before + 2);
    const gone = await queueOne(store, "a@big-company.com", undefined, octetsOf("q3", large));
    expect((await store.queue.deliverHere(gone.id, 4711 as MailboxId, start)).ok).toBe(false);
    await expectFiles(before + 3);
    value(await store.queue.drop(gone.id));
  });

  it("of old mail are kept once, and not at all when nobody wants it", async () => {
    const before = await filesNow();
    const [one, two] = await store.ledger.rows(anna);
    if (!one || !two) throw new Error("there are two rows");
    const octets = oldMessage(1, large);
    await using content = await staged(store.stage, octets);
    await store.ledger.arrive(anna, [arrived(one, octets), { row: one.id, content, marks: [] }], start);
    await store.ledger.arrive(anna, [arrived(one, octets)], start);
    await expectFiles(before + 1);
    const { id } = await queueOne(store);
    value(await store.queue.deliverHere(id, anna, start));
    await store.ledger.arrive(anna, [arrived(two, octets, [id])], start);
    await expectFiles(before + 1);
    const found = [swept("new", octets), swept("new", octets), swept("marked", octets, [id])];
    await store.ledger.adopt(anna, found, start);
    await store.ledger.adopt(anna, found, start);
    await expectFiles(before + 2);
    value(await store.directory.removeMailbox(anna));
    await expectFiles(before);
  });

  it("go with an admission that is refused", async () => {
    const before = await filesNow();
    await using welcome = await staged(store.stage, octetsOf("Welcome", large));
    const admission = {
      address: "late@big-company.com",
      domain: "another.example",
      unhashedPassword: null,
      sealedPassword: new Uint8Array(8),
      loginName: "late",
      listing: [],
      stat: "0/0",
      welcome,
      welcomeDate: start,
      now: start,
    };
    expect((await store.ledger.admit(admission)).ok).toBe(false);
    await expectFiles(before);
  });
});
