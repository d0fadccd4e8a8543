import { Hono } from "hono";
import { beforeEach, expect, it } from "vitest";
import { edits } from "./edits.ts";

let app: Hono;
let domain: { unknownUsers: string; hosts: string[] };
let mailbox: { address: string; admitted: boolean; quota: number | null; octets: number };

beforeEach(() => {
  domain = { unknownUsers: "reject", hosts: [] };
  mailbox = { address: "anna@big-company.com", admitted: true, quota: null, octets: 5 };
  app = new Hono().basePath("/api");
  app.use(edits(async (path) => await app.request(path)));
  app.get("/domains/:name", (context) => context.json(domain));
  app.patch("/domains/:name", async (context) => {
    // Whoever comes in between would be overwritten.
    const before = domain;
    const change = await context.req.json();
    await new Promise((resolve) => setTimeout(resolve, 5));
    domain = { ...before, ...change };
    return context.json({ done: true });
  });
  app.get("/mailboxes/:address", (context) => context.json(mailbox));
  app.put("/mailboxes/:address/quota", async (context) => {
    mailbox = { ...mailbox, ...(await context.req.json()) };
    return context.json({ done: true });
  });
  app.get("/queue", (context) => context.json([]));
});

const tagOf = async (path: string) => (await app.request(`/api${path}`)).headers.get("etag") ?? "";
const change = async (method: string, path: string, body: unknown, tag?: string) =>
  await app.request(`/api${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...(tag === undefined ? {} : { "if-match": tag }) },
  });

it("tells whoever comes later that somebody was quicker, and what has changed", async () => {
  const seen = await tagOf("/domains/big-company.com");
  expect(seen).toMatch(/^"[\w-]{22}"$/);
  const first = await change("PATCH", "/domains/big-company.com", { unknownUsers: "defer" }, seen);
  expect(first.status).toBe(200);
  const later = await change("PATCH", "/domains/big-company.com", { hosts: ["x"] }, seen);
  expect(later.status).toBe(412);
  expect(later.headers.get("content-type")).toBe("application/problem+json");
  expect(await later.json()).toMatchObject({ title: "changed-meanwhile", changed: ["unknownUsers"] });
  expect(domain).toEqual({ unknownUsers: "defer", hosts: [] });
  const now = later.headers.get("etag") ?? "";
  expect(now).toBe(await tagOf("/domains/big-company.com"));
  expect((await change("PATCH", "/domains/big-company.com", { hosts: ["x"] }, now)).status).toBe(200);
});

it("lets one of two through who change at the same moment", async () => {
  const seen = await tagOf("/domains/big-company.com");
  const both = ["defer", "postmaster"].map((unknownUsers) =>
    change("PATCH", "/domains/big-company.com", { unknownUsers }, seen),
  );
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 412]);
  expect(domain.unknownUsers).toBe("defer");
});

it("asks nothing of whoever names no tag, as the command line", async () => {
  await tagOf("/domains/big-company.com");
  expect((await change("PATCH", "/domains/big-company.com", { unknownUsers: "defer" })).status).toBe(200);
  expect((await change("PATCH", "/domains/big-company.com", { hosts: ["x"] }, "*")).status).toBe(200);
  expect((await change("PATCH", "/domains/big-company.com", { hosts: [] }, '"other"')).status).toBe(412);
});

it("takes only what people edit for a change: mail that comes is none", async () => {
  const seen = await tagOf("/mailboxes/anna@big-company.com");
  mailbox = { ...mailbox, octets: 10 };
  expect(await tagOf("/mailboxes/anna@big-company.com")).toBe(seen);
  const path = "/mailboxes/anna@big-company.com/quota";
  expect((await change("PUT", path, { quota: 7 }, seen)).status).toBe(200);
  expect((await change("PUT", path, { quota: 8 }, seen)).status).toBe(412);
  expect(mailbox.quota).toBe(7);
});

it("tags nothing that nobody edits", async () => {
  expect(await tagOf("/queue")).toBe("");
});
