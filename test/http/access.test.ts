/** Who comes through to the API on the web, with the real store behind it. */
import { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { administratorRoutes } from "#http/access/administrators";
import { SecondFactors } from "#http/access/second-factor";
import { SetUpLink } from "#http/access/set-up";
import { webSite } from "#http/web-site";
import { PasswordHasher, usualHashing } from "#login/password-hash";
import { silentLog } from "#observe/log";
import { value } from "../contract/harness.ts";
import { openSqlite, type SqliteHarness } from "../contract/sqlite-harness.ts";
import { myParts } from "./my-parts.ts";

const minute = 60_000;
let count = 0;
/** Never twice, and good enough for a test. */
const random = (octets: number) => Buffer.alloc(octets).fill(`${++count}-`);
const hasher = new PasswordHasher({ ...usualHashing, random });
const password = "correct horse battery";

let store: SqliteHarness;
let now = Date.UTC(2025, 5, 1);
let setUp = new SetUpLink(null);
let site: ReturnType<typeof openSite>;
/** What reached the API. */
let reached: string[] = [];

function openSite() {
  const api = new Hono().basePath("/api");
  api.route(
    "/",
    administratorRoutes({
      store: store.administrators,
      hashPassword: (secret) => hasher.hash(secret),
      random,
      now: () => now,
    }),
  );
  api.all("/*", async (context) => {
    reached.push(`${context.req.method} ${context.req.path} ${await context.req.text()}`);
    return context.json({ done: true });
  });
  const parts = webSite({
    hostname: "mail.big-company.com",
    hasTls: true,
    listeners: [],
    directory: store.directory,
    check: async () => {},
    api: (request) => api.fetch(request),
    administrators: store.administrators,
    setUp,
    secondFactors: new SecondFactors({
      ...{ store: store.store.secondFactors, key: new Uint8Array(32), random, now: () => now },
      hostname: "mail.big-company.com",
    }),
    my: myParts({ store, login: { prove: async () => ({ answer: "refused" }) }, random, now: () => now }),
    metrics: { text: async () => "", allow: [] },
    audit: store.store.audit,
    hashPassword: (secret) => hasher.hash(secret),
    verify: (hash, secret) => (hash === null ? hasher.verifyNothing(secret) : hasher.verify(hash, secret)),
    random,
    now: () => now,
    log: silentLog,
  });
  return { secure: parts(false), clear: parts(true) };
}

interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly peer?: string;
  readonly base?: string;
}

async function call(
  path: string,
  {
    method = "GET",
    body,
    headers = {},
    peer = "192.0.2.1",
    base = "https://mail.big-company.com",
  }: Call = {},
) {
  const json =
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
  const request = new Request(`${base}${path}`, { method, headers, ...json });
  return await site.secure(request, { incoming: { socket: { remoteAddress: peer } } });
}

const signIn = (name: string, secret = password, more: Call = {}) =>
  call("/api/session", { method: "POST", body: { name, password: secret }, ...more });

/** What a page of ours sends with each request. */
async function signedIn(name: string): Promise<{ cookie: string; "x-csrf-token": string }> {
  const answer = await signIn(name);
  expect(answer.status).toBe(200);
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { csrfToken } = (await answer.json()) as { csrfToken: string };
  return { cookie, "x-csrf-token": csrfToken };
}

beforeAll(async () => {
  store = await openSqlite();
  const hash = await hasher.hash(Buffer.from(password));
  const { administrators } = store;
  value(
    await administrators.addAdministrator({ name: "carol", role: "administrator", domains: [] }, hash, now),
  );
  const dave = { name: "dave", role: "domain-administrator", domains: ["big-company.com"] } as const;
  value(await administrators.addAdministrator(dave, hash, now));
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => {
  now += 20 * minute;
  reached = [];
  site = openSite();
});

describe("without a session", () => {
  it.each(["/api/domains", "/api/openapi.json", "/api/administrators", "/api/", "/api/session"])(
    "nothing of %s is seen",
    async (path) => {
      const answer = await call(path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(reached).toEqual([]);
    },
  );

  it.each([
    { cookie: "__Host-mailferry=" },
    { cookie: `__Host-mailferry=${"x".repeat(43)}` },
    { cookie: `__Host-mailferry=${"x".repeat(4000)}` },
    { authorization: `Bearer ${"x".repeat(43)}` },
    { authorization: "Basic Y2Fyb2w6eA==" },
  ])("nor with %j", async (headers) => {
    expect((await call("/api/domains", { headers })).status).toBe(401);
  });
});

describe("the link that is printed while there is nobody", () => {
  const begin = (token: string, name = "erin", secret = password) =>
    call("/api/set-up", { method: "POST", body: { token, name, password: secret } });

  it("makes one administrator, once, and signs in", async () => {
    setUp = new SetUpLink("a-secret");
    site = openSite();
    expect((await begin("another")).status).toBe(403);
    expect((await begin("a-secret", "erin", "short")).status).toBe(400);
    expect((await begin("a-secret", "carol")).status).toBe(409);
    const answers = await Promise.all([begin("a-secret"), begin("a-secret", "frank")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const good = answers.find(({ status }) => status === 200);
    expect(good?.headers.get("set-cookie")).toContain("__Host-mailferry=");
    expect(setUp.secret).toBeNull();
    expect((await begin("a-secret")).status).toBe(403);
  });

  it("is not there when there is somebody, and cannot be guessed at", async () => {
    setUp = new SetUpLink(null);
    site = openSite();
    const guesses = await Promise.all(Array.from({ length: 103 }, (_, number) => begin(`guess-${number}`)));
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([403, 429]));
  });
});

describe("signing in", () => {
  it("gives a cookie that scripts and other sites never see", async () => {
    const cookie = (await signIn("carol")).headers.get("set-cookie");
    for (const part of ["__Host-mailferry=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"]) {
      expect(cookie).toContain(part);
    }
  });

  it("is kept in the audit record, with where from, once it worked", async () => {
    await signIn("carol", "wrong wrong wrong");
    await signIn("carol");
    const query = { after: null, before: null, domain: null, object: "carol", since: now, limit: 10 };
    const look = () => store.store.audit.records({ ...query, kind: "administrator-signed-in" });
    // Nobody waits for the record: it comes with the next commit.
    await expect.poll(look, { timeout: 15_000 }).toHaveLength(1);
    const kept = await look();
    expect(kept).toMatchObject([{ actor: "administrator: carol", remote: "192.0.2.1", outcome: "done" }]);
    expect(JSON.stringify(kept)).not.toContain(password);
  });

  it("refuses a wrong name and a wrong password in the same words", async () => {
    const [name, secret] = [await signIn("nobody"), await signIn("carol", "wrong wrong wrong")];
    expect([name.status, secret.status]).toEqual([401, 401]);
    expect(await name.text()).toBe(await secret.text());
  });

  it("takes no password in clear, unless the listener is for that", async () => {
    const body = JSON.stringify({ name: "carol", password });
    const request = () =>
      new Request("http://mail.big-company.com/api/session", {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
    expect((await site.secure(request(), {})).status).toBe(403);
    const answer = await site.clear(request(), {});
    expect(answer.headers.get("set-cookie")).toMatch(/^mailferry=[^;]+(?!.*Secure)/);
  });

  it("slows guessing down, for who guesses, and lets others in", async () => {
    const guesses = await Promise.all(Array.from({ length: 15 }, () => signIn("carol", "wrong wrong wrong")));
    expect(guesses.map(({ status }) => status).sort()).toEqual([
      ...Array(10).fill(401),
      ...Array(5).fill(429),
    ]);
    expect((await signIn("carol")).status).toBe(429);
    expect((await signIn("carol", password, { peer: "198.51.100.7" })).status).toBe(200);
    now += 16 * minute;
    expect((await signIn("carol")).status).toBe(200);
  });

  it.each([
    { name: "carol" },
    { name: "carol", password, admin: true },
    { name: "x".repeat(300), password },
    "x",
  ])("refuses %j as it stands", async (body) => {
    expect((await call("/api/session", { method: "POST", body })).status).toBe(400);
  });
});

describe("with a session", () => {
  it("everything comes through, body and all", async () => {
    const headers = await signedIn("carol");
    expect((await call("/api/domains", { headers })).status).toBe(200);
    await call("/api/domains", { method: "POST", headers, body: { name: "x" } });
    expect(reached).toEqual(["GET /api/domains ", 'POST /api/domains {"name":"x"}']);
    expect(await (await call("/api/session", { headers })).json()).toMatchObject({
      name: "carol",
      role: "administrator",
    });
  });

  it("nothing changes without the token of our page, or from another site", async () => {
    const { cookie, ...token } = await signedIn("carol");
    const tries: Record<string, string>[] = [
      { cookie },
      { cookie, "x-csrf-token": "x" },
      { cookie, ...token, origin: "https://evil.example" },
      { cookie, ...token, origin: "null" },
    ];
    for (const headers of tries) {
      const answer = await call("/api/domains", { method: "POST", headers, body: {} });
      expect(answer.status, JSON.stringify(headers)).toBe(403);
    }
    expect(reached).toEqual([]);
    const ours = { cookie, ...token, origin: "https://mail.big-company.com" };
    expect((await call("/api/domains", { method: "POST", headers: ours, body: {} })).status).toBe(200);
  });

  it("it lives while it is used, a week at most, and survives a restart of the server", async () => {
    const headers = await signedIn("carol");
    for (let hours = 0; hours < 7 * 24; hours += 11) {
      expect((await call("/api/domains", { headers })).status, `${hours}`).toBe(200);
      if (hours === 33) await store.reopen();
      site = openSite();
      now += 11 * 60 * minute;
    }
    expect((await call("/api/domains", { headers })).status).toBe(401);
    const unused = await signedIn("carol");
    now += 12 * 60 * minute;
    expect((await call("/api/domains", { headers: unused })).status).toBe(401);
  });

  it("it ends when its owner signs out, gets a new password, or is taken off", async () => {
    const out = await signedIn("carol");
    const other = await signedIn("carol");
    await call("/api/session", { method: "DELETE", headers: out });
    expect((await call("/api/domains", { headers: out })).status).toBe(401);
    expect((await call("/api/domains", { headers: other })).status).toBe(200);
    const body = { password: "another long password" };
    expect(
      (await call("/api/administrators/carol/password", { method: "PUT", headers: other, body })).status,
    ).toBe(200);
    expect((await call("/api/domains", { headers: other })).status).toBe(401);
    value(
      await store.administrators.setAdministratorPassword("carol", await hasher.hash(Buffer.from(password))),
    );
  });
});

describe("a token", () => {
  it("needs no cookie, may be for reading only, and can be taken back", async () => {
    const headers = await signedIn("carol");
    const make = { method: "POST", headers, body: { label: "monitoring", mayWrite: false, days: 30 } };
    const made = (await (await call("/api/administrators/carol/tokens", make)).json()) as {
      id: string;
      token: string;
    };
    const bearer = { authorization: `Bearer ${made.token}` };
    expect((await call("/api/domains", { headers: bearer })).status).toBe(200);
    expect((await call("/api/domains", { method: "POST", headers: bearer, body: {} })).status).toBe(403);
    expect(
      (await call("/api/domains", { headers: { cookie: `__Host-mailferry=${made.token}` } })).status,
    ).toBe(401);
    const listed = await (await call("/api/administrators/carol/keys", { headers })).text();
    expect(listed).toContain("monitoring");
    expect(listed).not.toContain(made.token);
    await call(`/api/administrators/carol/keys/${made.id}`, { method: "DELETE", headers });
    expect((await call("/api/domains", { headers: bearer })).status).toBe(401);
  });
});

describe("a domain administrator", () => {
  it.each([
    ["GET", "/api/domains/big-company.com", 200],
    ["GET", "/api/domains/big-company.com/mailboxes?limit=5", 200],
    ["POST", "/api/mailboxes", 200, { address: "anna@big-company.com", password: "x" }],
    ["GET", "/api/mailboxes/anna@big-company.com", 200],
    ["PUT", "/api/mailboxes/anna%40big-company.com/password", 200, { password: "x" }],
    ["POST", "/api/migrations/big-company.com/check", 200, {}],
    ["GET", "/api/mailboxes/anna@big-company.com/aliases?limit=5", 200],
    ["GET", "/api/aliases/sales@big-company.com?target=anna@big-company.com", 200],
    ["DELETE", "/api/aliases/sales@big-company.com?target=anna@big-company.com", 200],
    ["GET", "/api/mailboxes/anna@other.example/aliases", 403],
    ["GET", "/api/aliases/sales@other.example?target=anna@big-company.com", 403],
    ["DELETE", "/api/aliases/sales@other.example?target=anna@big-company.com", 403],
    ["GET", "/api/domains", 403],
    ["GET", "/api/domains/other.example", 403],
    ["GET", "/api/domains/BIG-company.com", 403],
    ["GET", "/api/domains/other.example%2F..%2Fbig-company.com", 403],
    ["PATCH", "/api/domains/big-company.com", 403, { unknownUsers: "reject" }],
    ["DELETE", "/api/domains/big-company.com", 403],
    ["POST", "/api/mailboxes", 403, { address: "anna@other.example" }],
    ["POST", "/api/mailboxes", 403, { address: ["anna@big-company.com"] }],
    ["POST", "/api/mailboxes", 403, {}],
    ["DELETE", "/api/mailboxes/anna@big-company.com", 403],
    ["GET", "/api/mailboxes/anna@other.example", 403],
    ["GET", "/api/mailboxes/%22x@big-company.com%22@other.example", 403],
    ["GET", "/api/mailboxes/%ff@big-company.com", 403],
    ["POST", "/api/migrations/big-company.com/cutover", 403, {}],
    ["POST", "/api/migrations/big-company.com/off", 403, {}],
    ["GET", "/api/queue", 403],
    ["GET", "/api/server", 403],
    ["GET", "/api/administrators", 403],
    ["GET", "/api/administrators/carol/keys", 403],
    ["POST", "/api/administrators/carol/tokens", 403, { label: "x", mayWrite: true, days: 1 }],
    ["PUT", "/api/administrators/dave/password", 403, { password: "another long password" }],
    ["DELETE", "/api/administrators/dave", 403],
    ["GET", "/api/openapi.json", 403],
  ])("%s %s is answered %i", async (method, path, status, body?: unknown) => {
    const headers = await signedIn("dave");
    expect((await call(path, { method, headers, body })).status).toBe(status);
    expect(reached.length).toBe(status === 200 ? 1 : 0);
  });
});
