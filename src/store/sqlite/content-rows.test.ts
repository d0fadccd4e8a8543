import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { FactsReader } from "#mail/facts";
import type { ContentId, FolderId, MailboxId, ModSeq } from "#mailbox/ids";
import { fillContents, insertContent, insertRemoteContent } from "./content-rows.ts";
import { WriterDb } from "./db.ts";
import { mailOperations } from "./mail-operations.ts";
import { createMailbox, inboxOf } from "./mailbox-rows.ts";
import { expungeMessages, insertMessage } from "./message-rows.ts";
import { entryOf, selectEntries } from "./rows.ts";
import { applySchema } from "./schema.ts";
import { upkeepOperations } from "./upkeep-operations.ts";

/** Remote content reaches a mailbox only through a migration, so its rows are looked at here. */
describe("remote content", () => {
  const octets = Buffer.from("Subject: old\r\n\r\nold mail\r\n");
  const body = { kind: "inline", octets } as const;
  const reader = new FactsReader();
  reader.write(octets);
  const facts = reader.finish();
  const listed = 40;
  let db: WriterDb;
  let anna: MailboxId;
  let inbox: FolderId;
  let content: ContentId;

  const fill = (internalDate: number) =>
    fillContents(db, anna, [{ content, facts, body, internalDate }]).length === 1;
  const usage = () => db.get<{ octets: number }>("SELECT octets FROM mailbox WHERE id = ?", anna)?.octets;
  const entries = () => db.all<Parameters<typeof entryOf>[0]>(`${selectEntries} ORDER BY uid`).map(entryOf);
  const folder = () =>
    db.get<{ modseq: ModSeq }>("SELECT highest_modseq AS modseq FROM folder WHERE id = ?", inbox)?.modseq;

  beforeEach(() => {
    const database = new DatabaseSync(":memory:");
    applySchema(database);
    db = new WriterDb(database);
    db.run("INSERT INTO domain (name, kind, settings) VALUES ('big-company.com', 'local', '{}')");
    const settings = { domain: "big-company.com", admitted: true, passwordHash: null, quota: 10 };
    anna = createMailbox(db, { address: "anna@big-company.com", ...settings }, 0);
    inbox = inboxOf(db, anna) ?? (0 as FolderId);
    content = insertRemoteContent(db, anna, listed);
    insertMessage(db, inbox, {
      content,
      uidl: "\xff old 1",
      flags: [],
      internalDate: null,
      listedSize: listed,
    });
  });

  it("is listed with the old unique-id and size, and counts with it, quota or not", () => {
    expect(entries()).toMatchObject([
      { uid: 1, uidl: "\xff old 1", size: null, listedSize: listed, internalDate: null, isHere: false },
    ]);
    expect(usage()).toBe(listed);
  });

  it("is filled once, for all its entries, without a new MODSEQ", () => {
    const [first] = entries();
    if (!first) throw new Error("no entry");
    mailOperations.copyMessages(db, { messages: [first.id], to: inbox });
    const before = folder();
    expect(fill(5000)).toBe(true);
    expect(fill(6000)).toBe(false);
    const expected = { size: facts.size, listedSize: listed, internalDate: 5000, isHere: true };
    expect(entries()).toMatchObject([expected, expected]);
    expect(folder()).toBe(before);
    expect(usage()).toBe(facts.size);
  });

  it("keeps a date that an entry has already", () => {
    db.run("UPDATE message SET internal_date = 1");
    fill(5000);
    expect(entries()).toMatchObject([{ internalDate: 1 }]);
  });

  it("is not wanted any more, and cannot be filled, when its last entry is gone", () => {
    const [first] = entries();
    if (!first) throw new Error("no entry");
    expect(expungeMessages(db, inbox, [first.id, first.id])).toBe(1);
    expect(usage()).toBe(0);
    expect(fill(5000)).toBe(false);
    while (upkeepOperations.clearRemains(db, null));
    expect(db.all("SELECT 1 FROM content")).toEqual([]);
    expect(fill(5000)).toBe(false);
  });

  it("tells which files go, only once they have gone", () => {
    const file = insertContent(db, anna, facts, { kind: "file", name: "abcd" });
    const entry = { content: file, uidl: null, flags: [], internalDate: 0, listedSize: null };
    const { id, modSeq } = insertMessage(db, inbox, entry);
    expect(db.takeEffects()).toMatchObject({ changed: [[inbox, modSeq]], leftRemains: false });
    expungeMessages(db, inbox, [id]);
    expect(db.takeEffects()).toEqual({
      changed: [[inbox, modSeq + 1]],
      forgottenFiles: [],
      leftRemains: true,
    });
    while (upkeepOperations.clearRemains(db, null));
    expect(db.takeEffects()).toMatchObject({ changed: [], forgottenFiles: ["abcd"] });
  });
});
