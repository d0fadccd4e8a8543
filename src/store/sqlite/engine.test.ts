import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Changes } from "#mailbox/changes";
import { StoreUnavailable } from "#mailbox/content";
import { silentLog } from "#observe/log";
import { ContentFiles } from "../content/files.ts";
import { Engine } from "./engine.ts";
import { OutcomeUnknown } from "./failure.ts";
import { applySchema } from "./schema.ts";
import { startThread, type Thread } from "./thread.ts";

describe("Engine", () => {
  let directory: string;
  let threads: Thread[];
  let engine: Engine;
  const here = { kind: "local", name: "big-company.com", unknownUsers: { rule: "reject" } } as const;
  const front = { lane: "front" } as const;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "mailferry-engine-"));
    const file = join(directory, "mailferry.db");
    const database = new DatabaseSync(file);
    applySchema(database);
    database.close();
    threads = [];
    engine = new Engine({
      file,
      files: new ContentFiles(directory),
      changes: new Changes(),
      log: silentLog,
      start(name, data) {
        const thread = startThread(name, data);
        threads.push(thread);
        return thread;
      },
    });
  });
  afterEach(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  it("leaves no write unanswered when its writer thread ends, and starts another one", async () => {
    await engine.write("addDomain", here, front);
    // So many that the thread ends before the last of them, however quick it is.
    const underWay = Array.from({ length: 5000 }, () => engine.write("setDomain", here, front));
    const [first] = threads;
    const [answers] = await Promise.all([Promise.allSettled(underWay), first?.worker.terminate()]);
    const reasons = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toBeInstanceOf(OutcomeUnknown);
    expect(await engine.write("addDomain", here, front)).toMatchObject({ problem: { kind: "exists" } });
    expect(threads).toHaveLength(2);
  });

  it("commits what was asked before it was closed, and takes nothing after", async () => {
    const before = engine.write("addDomain", here, front);
    const closed = engine[Symbol.asyncDispose]();
    await expect(engine.write("removeDomain", here.name, front)).rejects.toThrow(StoreUnavailable);
    expect(() => engine.read(() => null)).toThrow(StoreUnavailable);
    expect(await before).toMatchObject({ ok: true });
    await closed;
  });

  it("keeps back what has patience until something else is written, or for its time", async () => {
    const order: string[] = [];
    const there = { ...here, name: "big-company.net" };
    const noted = async (name: string, write: Promise<unknown>) => {
      expect(await write).toMatchObject({ ok: true });
      order.push(name);
    };
    const patient = noted("patient", engine.write("addDomain", here, { ...front, patience: 3_600_000 }));
    await Promise.all([noted("other", engine.write("addDomain", there, front)), patient]);
    expect(order).toEqual(["other", "patient"]);
    await noted("alone", engine.write("setDomain", here, { ...front, patience: 1 }));
  });

  it("waits no longer than whoever has the least patience", async () => {
    const there = { ...here, name: "big-company.net" };
    const patient = engine.write("addDomain", here, { ...front, patience: 3_600_000 });
    expect(await engine.write("addDomain", there, { ...front, patience: 1 })).toMatchObject({ ok: true });
    expect(await patient).toMatchObject({ ok: true });
  });

  it("commits what has patience when it is closed", async () => {
    const patient = engine.write("addDomain", here, { ...front, patience: 3_600_000 });
    await engine[Symbol.asyncDispose]();
    expect(await patient).toMatchObject({ ok: true });
  });

  it("tells a defect from trouble, and goes on", async () => {
    const broken = { ...here, name: null as unknown as string };
    const failure = await engine.write("addDomain", broken, front).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(StoreUnavailable);
    expect(await engine.write("addDomain", here, front)).toMatchObject({ ok: true });
    const uncloneable = { ...here, name: (() => "") as unknown as string };
    await expect(engine.write("addDomain", uncloneable, front)).rejects.toThrow("could not be cloned");
  });

  it("reads one state in one query, and the newest in the next", async () => {
    const count = () => engine.read((db) => db.all("SELECT 1 FROM domain").length);
    expect(count()).toBe(0);
    await engine.write("addDomain", here, front);
    expect(count()).toBe(1);
    expect(() => engine.read((db) => db.get("SELECT nonsense"))).toThrow("nonsense");
    expect(() => engine.read((db) => db.run("DELETE FROM domain"))).toThrow();
    expect(count()).toBe(1);
  });
});
