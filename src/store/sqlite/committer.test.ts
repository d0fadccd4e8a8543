import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import type { FolderId, ModSeq } from "#mailbox/ids";
import { failed } from "#mailbox/problem";
import { Committer, type Lane } from "./committer.ts";
import type { WriterDb } from "./db.ts";

const operations = {
  note: (db: WriterDb, text: string) => {
    db.run("INSERT INTO note (text) VALUES (?)", text);
    db.changed(text.length as FolderId, 1 as ModSeq);
    return text;
  },
  refuse: (db: WriterDb, text: string) => {
    operations.note(db, text);
    return failed("exists", "It is there.");
  },
  fail: (db: WriterDb, text: string) => {
    operations.note(db, text);
    throw new TypeError(`cannot ${text}`);
  },
  fill: (db: WriterDb) => {
    for (let count = 0; ; count++) operations.note(db, `${count}`.padEnd(10_000));
  },
  break: (db: WriterDb) => {
    db.run("PRAGMA defer_foreign_keys = ON");
    db.run("INSERT INTO link (note) VALUES ('nothing')");
  },
};

describe("Committer", () => {
  let database: DatabaseSync;
  let committer: Committer;
  let lastId: number;
  const add = (operation: string, args: unknown, lane: Lane = "front") => {
    committer.add({ id: ++lastId, lane, operation, args });
    return lastId;
  };
  const forEver = Number.POSITIVE_INFINITY;
  const nothingArrives = () => undefined;
  const notes = () =>
    database
      .prepare("SELECT text FROM note ORDER BY rowid")
      .all()
      .map((row) => row.text);

  beforeEach(() => {
    database = new DatabaseSync(":memory:");
    database.exec(
      "CREATE TABLE note (text TEXT PRIMARY KEY); CREATE TABLE link (note REFERENCES note (text))",
    );
    committer = new Committer(database, operations, { front: forEver, copy: forEver, copyAlone: forEver });
    lastId = 0;
  });

  it("commits what waits as one, in its order, and answers each", () => {
    add("note", "a");
    add("note", "bb", "copy");
    add("note", "ccc");
    expect(committer.isIdle).toBe(false);
    expect(committer.commit(nothingArrives)).toEqual({
      answers: [
        { id: 1, ok: true, value: "a" },
        { id: 3, ok: true, value: "ccc" },
        { id: 2, ok: true, value: "bb" },
      ],
      effects: [1, 3, 2].map((length) => ({
        changed: [[length, 1]],
        forgottenFiles: [],
        leftRemains: false,
      })),
    });
    expect(notes()).toEqual(["a", "ccc", "bb"]);
    expect(committer.isIdle).toBe(true);
    expect(database.isTransaction).toBe(false);
  });

  it("lets a failure and a refusal fail alone, without a trace", () => {
    for (const operation of ["note", "fail", "refuse", "nonsense"]) add(operation, operation);
    add("note", "last");
    const { answers, effects } = committer.commit(nothingArrives);
    expect(answers).toMatchObject([
      { ok: true },
      { ok: false, failure: { kind: "defect", message: "cannot fail" } },
      { ok: true, value: { ok: false } },
      { ok: false, failure: { kind: "defect" } },
      { ok: true },
    ]);
    expect(effects).toHaveLength(2);
    expect(notes()).toEqual(["note", "last"]);
  });

  it("fails what fills the disk, and commits the others in another transaction", () => {
    database.exec("PRAGMA max_page_count = 20");
    add("note", "before");
    const full = add("fill", null);
    add("note", "after");
    const answers = [];
    while (!committer.isIdle) answers.push(...committer.commit(nothingArrives).answers);
    expect(answers).toMatchObject([
      { id: full, ok: false, failure: { kind: "unavailable" } },
      { id: 1, ok: true },
      { id: 3, ok: true },
    ]);
    expect(notes()).toEqual(["before", "after"]);
  });

  it("fails all of a transaction that cannot be committed, and goes on", () => {
    add("note", "lost");
    add("break", null);
    expect(committer.commit(nothingArrives)).toMatchObject({
      answers: [
        { id: 1, ok: false },
        { id: 2, ok: false },
      ],
      effects: [],
    });
    add("note", "next");
    expect(committer.commit(nothingArrives).answers).toMatchObject([{ id: 3, ok: true }]);
    expect(notes()).toEqual(["next"]);
  });

  it("fails all that wait when no transaction can be begun", () => {
    add("note", "a");
    add("note", "b", "copy");
    database.exec("BEGIN");
    expect(committer.commit(nothingArrives).answers).toMatchObject([
      { id: 1, ok: false },
      { id: 2, ok: false },
    ]);
    expect(committer.isIdle).toBe(true);
  });

  it("stops copying for what comes to the front", () => {
    add("note", "copy 1", "copy");
    add("note", "copy 2", "copy");
    let calls = 0;
    committer.commit(() => {
      // After the front lane was found empty and the first copy was made.
      if (++calls === 3) add("note", "front");
    });
    expect(notes()).toEqual(["copy 1"]);
    committer.commit(nothingArrives);
    expect(notes()).toEqual(["copy 1", "front", "copy 2"]);
  });

  it("gives copying its slice of every transaction, and at least one turn", () => {
    committer = new Committer(database, operations, { front: forEver, copy: 0, copyAlone: forEver });
    for (const text of ["copy 1", "copy 2"]) add("note", text, "copy");
    add("note", "front 1");
    committer.commit(nothingArrives);
    expect(notes()).toEqual(["front 1", "copy 1"]);
    add("note", "front 2");
    committer.commit(nothingArrives);
    expect(notes()).toEqual(["front 1", "copy 1", "front 2", "copy 2"]);
  });

  it("gives copying no more for a while after somebody came to the front", () => {
    committer = new Committer(database, operations, { front: forEver, copy: 0, copyAlone: forEver });
    add("note", "front");
    committer.commit(nothingArrives);
    for (const text of ["copy 1", "copy 2"]) add("note", text, "copy");
    committer.commit(nothingArrives);
    expect(notes()).toEqual(["front", "copy 1"]);
  });

  it("gives copying more while nobody comes to the front", () => {
    committer = new Committer(database, operations, { front: forEver, copy: 0, copyAlone: forEver });
    for (const text of ["copy 1", "copy 2"]) add("note", text, "copy");
    committer.commit(nothingArrives);
    expect(notes()).toEqual(["copy 1", "copy 2"]);
    committer = new Committer(database, operations, { front: forEver, copy: forEver, copyAlone: 0 });
    for (const text of ["copy 3", "copy 4"]) add("note", text, "copy");
    committer.commit(nothingArrives);
    expect(notes()).toEqual(["copy 1", "copy 2", "copy 3"]);
  });
});
