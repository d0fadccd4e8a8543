/** The queue and the audit record over the API, with the real store behind them. */
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditRoutes } from "#http/audit-log";
import type { LogView } from "#http/audit-views";
import { ApiProblem, problemResponse } from "#http/problem-details";
import { type ListedView, type QueueFiguresView, queueRoutes } from "#http/queue";
import type { AuditEntry } from "#observe/audit";
import { octetsOf } from "../contract/harness.ts";
import { queued, takeIn } from "../contract/queue-words.ts";
import { openSqlite, type SqliteHarness } from "../contract/sqlite-harness.ts";

let store: SqliteHarness;
let woken = 0;
const now = Date.UTC(2025, 5, 1, 13);
beforeEach(async () => {
  store = await openSqlite();
  woken = 0;
});
afterEach(async () => await store[Symbol.asyncDispose]());

function routes() {
  const { queue, queueListing: listing, figures } = store.store;
  const app = new Hono();
  app.onError((error, context) => {
    if (error instanceof ApiProblem) return problemResponse(context, error.problem);
    throw error;
  });
  return app.route("/", queueRoutes({ queue, listing, figures, wake: () => woken++, now: () => now }));
}
const get = async <T>(path: string): Promise<T> => (await (await routes().request(path)).json()) as T;
const post = async (body: unknown) =>
  await routes().request("/queue", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** Two messages for two recipients each: one piped, one relayed. */
async function fill(): Promise<void> {
  for (const n of [1, 2]) {
    await takeIn(
      store,
      octetsOf(`message ${n}`),
      [],
      [
        queued(`anna${n}@big-company.com`),
        queued(`bob${n}@Example.org`, { kind: "relay", to: "example.org" }),
      ],
      { receivedAt: now - 1000 + n },
    );
  }
}

describe("the queue over the API", () => {
  it("comes a page at a time, filtered by domain, next hop and state", async () => {
    await fill();
    const first = await get<ListedView[]>("/queue?limit=3");
    const rest = await get<ListedView[]>(`/queue?limit=3&after=${first.at(-1)?.id}`);
    expect(first.length + rest.length).toBe(4);
    expect((await get<ListedView[]>("/queue?domain=EXAMPLE.org")).map(({ to }) => to)).toEqual([
      "bob1@Example.org",
      "bob2@Example.org",
    ]);
    expect(await get<ListedView[]>("/queue?domain=ample.org")).toEqual([]);
    const held = first.find(({ via }) => via === "pipe big-company.old");
    await routes().request(`/queue/${held?.id}/hold`, { method: "POST" });
    expect((await get<ListedView[]>("/queue?state=held")).map(({ id }) => id)).toEqual([held?.id]);
    expect(await get<ListedView[]>("/queue?state=due&via=big-company.old")).toHaveLength(1);
    const figures = await get<QueueFiguresView>("/queue/figures?via=big-company.old");
    expect(figures).toMatchObject({ due: 3, held: 1, found: { recipients: 2, messages: 2 } });
    expect(figures.destinations.map(({ to, recipients }) => [to, recipients])).toEqual([
      ["big-company.old", 2],
      ["example.org", 2],
    ]);
  });

  it("refuses what it does not know", async () => {
    for (const path of ["/queue?colour=red", "/queue?state=lost", "/queue?limit=0", "/queue/figures?limit=3"])
      expect((await routes().request(path)).status).toBe(400);
    expect((await post({ act: "drop", filter: { colour: "red" }, upTo: "z", expected: 1 })).status).toBe(400);
  });

  it("acts on all that a filter finds, as many as were told and not one that came later", async () => {
    await fill();
    const filter = { via: "example.org" };
    const { found } = await get<QueueFiguresView>("/queue/figures?via=example.org");
    expect((await post({ act: "drop", filter, upTo: found.last, expected: 1 })).status).toBe(409);
    expect(await get<ListedView[]>("/queue")).toHaveLength(4);
    const held = await post({ act: "hold", filter, upTo: found.last, expected: 2 });
    expect(await held.json()).toEqual({ done: true, recipients: 2 });
    expect((await get<ListedView[]>("/queue?state=held")).map(({ via }) => via)).toEqual([
      "relay example.org",
      "relay example.org",
    ]);
    expect(woken).toBe(1);
    const dropped = await post({ act: "drop", filter, upTo: found.last, expected: 2 });
    expect(await dropped.json()).toEqual({ done: true, recipients: 2 });
    expect((await get<ListedView[]>("/queue")).map(({ via }) => via)).toEqual([
      "pipe big-company.old",
      "pipe big-company.old",
    ]);
  });
});

describe("the audit record over the API", () => {
  const entry = (n: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
    ...{ at: now + n * 1000, kind: "domain-set", actor: "server", remote: null, domain: "big-company.com" },
    ...{ object: `object-${n}`, outcome: "done", details: { n } },
    ...more,
  });
  const log = async (query: string) => await auditRoutes(store.store.audit).request(query);

  it("is filtered by who, what came of it, and from when to when", async () => {
    const carol = "administrator: carol";
    await store.store.audit.record(entry(1));
    await store.store.audit.record(entry(2, { actor: carol }));
    await store.store.audit.record(entry(3, { actor: carol, outcome: "refused" }));
    const objects = async (query: string) =>
      ((await (await log(`/log?${query}`)).json()) as LogView).records.map(({ object }) => object);
    expect(await objects(`actor=${encodeURIComponent(carol)}`)).toEqual(["object-2", "object-3"]);
    expect(await objects("outcome=refused")).toEqual(["object-3"]);
    const until = new Date(now + 2000).toISOString();
    expect(await objects(`until=${until}`)).toEqual(["object-1"]);
    expect(await objects(`since=${until}`)).toEqual(["object-2", "object-3"]);
    expect((await log("/log?colour=red")).status).toBe(400);
  });

  it("goes into a spreadsheet without being taken for a formula", async () => {
    await store.store.audit.record(
      entry(1, { object: '=cmd|" /C calc"!A0', actor: "+1", remote: "192.0.2.1", details: { a: "x,y\n" } }),
    );
    const answer = await log("/log/export");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="audit.csv"');
    const [head, row] = (await answer.text()).split("\r\n");
    expect(head).toBe("order,time,act,subject,outcome,actor,from,domain,details");
    expect(row).toContain(`"'=cmd|"" /C calc""!A0",done,'+1,192.0.2.1,big-company.com,`);
    const lines = await (await log("/log/export?format=json")).text();
    expect(JSON.parse(lines.trim())).toMatchObject({ object: '=cmd|" /C calc"!A0', details: { a: "x,y\n" } });
  });

  it("comes whole into a file, however long it is", async () => {
    for (let n = 1; n <= 1100; n++) store.store.audit.recordSoon(entry(n));
    await store.store.audit.record(entry(1101));
    const lines = async () => (await (await log("/log/export?format=json")).text()).trim().split("\n");
    await expect.poll(lines, { timeout: 10_000 }).toHaveLength(1101);
  });
});
