/** Two administrators at once, requests that are sent twice, and too many of them: over HTTP, with a real server. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Company, domain } from "./company.ts";

const password = "correct horse battery";
let company: Company;
let headers: Record<string, string>;

const call = async (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
  await fetch(`http://127.0.0.1:${company.ports.http}/api${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }), ...more },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const tagOf = async (path: string) => (await call("GET", path)).headers.get("etag") ?? "";

beforeAll(async () => {
  company = await Company.start();
  const mailbox = { address: `new@${domain}`, password: "a password", isNew: true };
  await company.command.post("/mailboxes", mailbox);
  await company.command.post("/administrators", {
    ...{ name: "carol", password, role: "administrator", domains: [] },
  });
  headers = {};
  const answer = await call("POST", "/session", { name: "carol", password });
  const { csrfToken } = (await answer.json()) as { csrfToken: string };
  headers = { cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "", "x-csrf-token": csrfToken };
});
afterAll(() => company[Symbol.asyncDispose]());

describe("whoever edits what somebody else has changed is told what", () => {
  const limits = { bandwidth: "10 MB/s" };
  it.each([
    [
      `/domains/${domain}`,
      "PATCH",
      "",
      { unknownUsers: "defer" },
      { unknownUsers: "reject" },
      "unknownUsers",
    ],
    [
      `/migrations/${domain}/settings`,
      "PUT",
      "/limits",
      limits,
      { connections: "2" },
      "settings.limits.bandwidth",
    ],
    [`/mailboxes/new@${domain}`, "PUT", "/quota", { quota: 1000 }, { quota: 2000 }, "quota"],
  ])("%s", async (shown, method, suffix, first, second, changed) => {
    const path = `${shown.replace(/\/settings$/, "")}${suffix}`;
    const seen = await tagOf(shown);
    expect(seen).toMatch(/^"[\w-]{22}"$/);
    expect((await call(method, path, first, { "if-match": seen })).status).toBe(200);
    const later = await call(method, path, second, { "if-match": seen });
    expect(later.status).toBe(412);
    expect(later.headers.get("content-type")).toBe("application/problem+json");
    expect(await later.json()).toMatchObject({ title: "changed-meanwhile", status: 412, changed: [changed] });
    expect((await call(method, path, second, { "if-match": await tagOf(shown) })).status).toBe(200);
    expect((await call(method, path, first)).status).toBe(200);
  });
});

it("an alias that somebody else has changed is not removed unseen, and loses the one target that was named", async () => {
  const [sales, anna, bob] = ["sales", "anna", "bob"].map((name) => `${name}@${domain}`);
  const path = `/aliases/${sales}`;
  const add = (target = "") => company.command.post("/aliases", { address: sales, target });
  await add(anna);
  const seen = await tagOf(path);
  await add(bob);
  const later = await call("DELETE", `${path}?target=${anna}`, undefined, { "if-match": seen });
  expect(later.status).toBe(412);
  expect(await later.json()).toMatchObject({ title: "changed-meanwhile", changed: ["targets"] });
  const now = await tagOf(path);
  const done = await call("DELETE", `${path}?target=${anna}`, undefined, { "if-match": now });
  expect(done.status).toBe(200);
  expect(await company.command.get(path)).toEqual({ address: sales, targets: [bob], problem: null });
  const of = (mailbox: string) => company.command.get(`/mailboxes/${mailbox}@${domain}/aliases`);
  expect(await of("new")).toEqual({ aliases: [], inAliasDomains: [] });
  await add(`new@${domain}`);
  expect(await of("new")).toEqual({ aliases: [{ address: sales, targets: 2 }], inAliasDomains: [] });
  const wouldBe = async (alias: string) =>
    (await company.command.get<{ problem: string | null }>(`/aliases/${alias}?target=new@${domain}`)).problem;
  expect(await wouldBe(`info@${domain}`)).toBeNull();
  expect(await wouldBe(`sales@${domain}`)).toMatch(/goes to .* already/);
  expect(await wouldBe(`new@${domain}`)).toMatch(/alias of itself/);
  expect(await wouldBe("info@elsewhere.example")).toMatch(/no local domain/);
});

it("a token is made once, however often it is asked for with the same key", async () => {
  const ask = async (key: string) => {
    const asked = { label: "monitoring", mayWrite: false, days: 1 };
    const answer = await call("POST", "/administrators/carol/tokens", asked, { "idempotency-key": key });
    return (await answer.json()) as { token: string };
  };
  const [one, again] = await Promise.all([ask("once"), ask("once")]);
  expect(again).toEqual(one);
  expect((await ask("twice")).token).not.toBe(one.token);
  const keys = (await (await call("GET", "/administrators/carol/keys")).json()) as { kind: string }[];
  expect(keys.filter(({ kind }) => kind === "token")).toHaveLength(2);
});

it("who asks too often is told when to go on; whoever owns the server is not limited", async () => {
  const statuses = new Map<number, string | null>();
  for (let round = 0; round < 40 && !statuses.has(429); round++) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => call("GET", "/events/none")));
    for (const answer of answers) statuses.set(answer.status, answer.headers.get("retry-after"));
  }
  expect([...statuses.keys()].sort()).toEqual([404, 429]);
  expect(Number(statuses.get(429))).toBeGreaterThan(0);
  for (let n = 0; n < 400; n++) await company.command.get("/server");
});
