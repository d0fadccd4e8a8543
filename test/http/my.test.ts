/** What a person reaches on the web, and nobody else: the user's own API with the real store and login behind it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mySite } from "#http/my/my-site";
import { usualGuessingLimits } from "#login/guessing-limits";
import type { Login } from "#login/login";
import { PasswordHasher, usualHashing } from "#login/password-hash";
import { Prover } from "#login/prove";
import { notedLogin, SignInNotes } from "#login/sign-ins";
import type { AdmissionAnswer } from "#migration/admission/admissions";
import { silentLog } from "#observe/log";
import { value } from "../contract/harness.ts";
import { openSqlite, type SqliteHarness } from "../contract/sqlite-harness.ts";
import { myParts } from "./my-parts.ts";

const minute = 60_000;
let count = 0;
const random = (octets: number) => Buffer.alloc(octets).fill(`${++count}-`);
const hasher = new PasswordHasher({ ...usualHashing, random });
const password = "anna's password";

let store: SqliteHarness;
let now = Date.UTC(2025, 5, 1);
/** What the old server says of people who have not come yet. */
let oldServer: AdmissionAnswer = { answer: "not-migrating" };
let ended: number[] = [];
let notes: SignInNotes;
let site: { secure: ReturnType<typeof mySite>; clear: ReturnType<typeof mySite> };

beforeAll(async () => {
  store = await openSqlite();
  await store.directory.addDomain({
    kind: "local",
    name: "big-company.com",
    unknownUsers: { rule: "reject" },
  });
  for (const name of ["anna", "bob"])
    value(
      await store.directory.addMailbox({
        address: `${name}@big-company.com`,
        domain: "big-company.com",
        admitted: true,
        passwordHash: await hasher.hash(Buffer.from(password)),
        quota: null,
      }),
    );
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => {
  now += 20 * minute;
  ended = [];
  oldServer = { answer: "not-migrating" };
  const prover: Login = new Prover(
    {
      directory: store.directory,
      admissions: {
        judge: async () => "the old server",
        admit: async () => oldServer,
        provedHere: () => {},
        isUnhashed: async () => false,
      },
      hasher,
      clock: () => now,
      random,
    },
    { defaultDomain: "big-company.com", limits: { ...usualGuessingLimits, failuresPerAddress: 3 } },
  );
  notes = new SignInNotes(store.store.persons, silentLog);
  const login = notedLogin(prover, notes, () => now);
  const parts = myParts({ store, login, random, now: () => now, ended });
  const peer = () => "192.0.2.1";
  site = { secure: mySite(parts, false, peer), clear: mySite(parts, true, peer) };
});

type Headers = Readonly<Record<string, string>>;

async function call(path: string, method = "GET", body?: unknown, headers: Headers = {}) {
  const json =
    body === undefined
      ? { headers }
      : { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
  return await site.secure.fetch(
    new Request(`https://mail.big-company.com/api/my${path}`, { method, ...json }),
  );
}

const signIn = (address: string, secret = password) =>
  call("/session", "POST", { address, password: secret });

/** What a page of ours sends with each request. */
async function signedIn(address: string): Promise<Headers> {
  const answer = await signIn(address);
  expect(answer.status).toBe(200);
  return await pageOf(answer);
}

async function pageOf(answer: Response): Promise<Headers> {
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { csrfToken } = (await answer.json()) as { csrfToken: string };
  return { cookie, "x-csrf-token": csrfToken };
}

describe("signing in", () => {
  it("gives a cookie that scripts, other sites and the administrators' pages never see", async () => {
    const cookie = (await signIn("anna")).headers.get("set-cookie");
    for (const part of ["__Host-mailferry-my=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"])
      expect(cookie).toContain(part);
  });

  it("says the same of a wrong password and of nobody", async () => {
    const [wrong, nobody] = [await signIn("anna", "wrong"), await signIn("nobody", "wrong")];
    expect([wrong.status, nobody.status]).toEqual([401, 401]);
    expect(await wrong.text()).toBe(await nobody.text());
  });

  it("never calls it a wrong password when the old server cannot tell", async () => {
    oldServer = { answer: "cannot-tell", reason: "The old mail server cannot be asked now." };
    const answer = await signIn("carol", "secret");
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ detail: "The old mail server cannot be asked now." });
  });

  it("lets somebody in whose old mailbox is still being listed, and says so", async () => {
    const ready = Promise.withResolvers<never>();
    oldServer = { answer: "pending", ready: ready.promise };
    const headers = await signedIn("dave");
    expect(await (await call("/move", "GET", undefined, headers)).json()).toMatchObject({
      state: "preparing",
    });
    const change = { old: password, password: "another password" };
    expect((await call("/password", "PUT", change, headers)).status).toBe(404);
  });

  it("takes no password in clear, unless the listener is for that", async () => {
    const request = () =>
      new Request("http://mail.big-company.com/api/my/session", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ address: "anna", password }),
      });
    expect((await site.secure.fetch(request())).status).toBe(403);
    expect((await site.clear.fetch(request())).headers.get("set-cookie")).toMatch(/^mailferry-my=/);
  });

  it("is held back like guessing over POP3 and IMAP", async () => {
    const answers: number[] = [];
    for (let guess = 0; guess < 5; guess++) answers.push((await signIn("bob", `guess ${guess}`)).status);
    expect(answers).toEqual([401, 401, 401, 503, 503]);
  });
});

describe("without a session", () => {
  it.each(["/move", "/programs", "/sign-ins", "/session", "/openapi.json", "/nothing"])(
    "nothing of %s is seen",
    async (path) => {
      const answer = await call(path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    },
  );

  it("a session of one kind is none of the other", async () => {
    const { cookie = "" } = await signedIn("anna");
    const other = cookie.replace("mailferry-my", "mailferry");
    expect((await call("/move", "GET", undefined, { cookie: other })).status).toBe(401);
  });
});

describe("somebody's own page", () => {
  it("tells what to type into a program, and where they signed in", async () => {
    const headers = await signedIn("anna");
    expect(await (await call("/programs", "GET", undefined, headers)).json()).toEqual({
      servers: [
        { protocol: "imap", host: "mail.big-company.com", port: 993, security: "tls" },
        { protocol: "smtp", host: "mail.big-company.com", port: 465, security: "tls" },
      ],
      userName: "anna@big-company.com",
      profile: "/mail.mobileconfig?address=anna%40big-company.com",
    });
    await signedIn("anna");
    await notes.write();
    const told = (await (await call("/sign-ins", "GET", undefined, headers)).json()) as { count: number }[];
    expect(told).toMatchObject([{ protocol: "web", from: "192.0.2.1" }]);
    expect(told[0]?.count).toBeGreaterThanOrEqual(2);
    expect(await (await call("/move", "GET", undefined, headers)).json()).toMatchObject({ state: "at-home" });
  });

  it("changes the password for who proves the old one, and ends every other session", async () => {
    const [mine, other] = [await signedIn("anna"), await signedIn("anna")];
    const change = { old: password, password: "a new password" };
    const put = (body: unknown, headers: Headers) => call("/password", "PUT", body, headers);
    expect((await put(change, { cookie: mine.cookie ?? "" })).status).toBe(403);
    expect((await put({ ...change, old: "wrong" }, mine)).status).toBe(401);
    expect((await put({ ...change, password: "short" }, mine)).status).toBe(400);
    expect((await put({ ...change, address: "bob@big-company.com" }, mine)).status).toBe(400);
    const changed = await put(change, mine);
    expect(changed.status).toBe(200);
    const seen = async (headers: Headers) => (await call("/move", "GET", undefined, headers)).status;
    expect([await seen(mine), await seen(other)]).toEqual([200, 401]);
    expect(ended).toHaveLength(1);
    expect((await signIn("anna")).status).toBe(401);
    expect((await signIn("anna", "a new password")).status).toBe(200);
    const query = { after: null, before: null, domain: null, since: null, limit: 10 };
    const kept = await store.store.audit.records({
      ...query,
      object: "anna@big-company.com",
      kind: "mailbox-password",
    });
    expect(kept).toMatchObject([{ actor: "person", remote: "192.0.2.1", outcome: "done" }]);
    expect(JSON.stringify(kept)).not.toContain("a new password");
    const anna = await store.directory.mailbox("anna@big-company.com");
    if (anna) value(await store.directory.setPasswordHash(anna.id, await hasher.hash(Buffer.from(password))));
    expect(await seen(mine)).toBe(401);
  });

  it("ends with signing out, with time, and with the mailbox", async () => {
    const headers = await signedIn("anna");
    await call("/session", "DELETE", undefined, headers);
    expect((await call("/move", "GET", undefined, headers)).status).toBe(401);
    const unused = await signedIn("anna");
    now += 12 * 60 * minute;
    expect((await call("/move", "GET", undefined, unused)).status).toBe(401);
    const last = await signedIn("anna");
    const anna = await store.directory.mailbox("anna@big-company.com");
    if (anna) value(await store.directory.removeMailbox(anna.id));
    expect((await call("/move", "GET", undefined, last)).status).toBe(401);
    expect(await store.store.persons.signIns("anna@big-company.com")).toEqual([]);
  });
});

it("keeps the latest fifty places of each person", async () => {
  const signIns = Array.from({ length: 80 }, (_, number) => ({
    address: "erin@big-company.com",
    protocol: "imap" as const,
    peerAddress: `198.51.100.${number}`,
    first: now + number,
    last: now + number,
    count: 1,
  }));
  await store.store.persons.note(signIns);
  const kept = await store.store.persons.signIns("erin@big-company.com");
  expect(kept).toHaveLength(50);
  expect(kept[0]?.peerAddress).toBe("198.51.100.79");
});
