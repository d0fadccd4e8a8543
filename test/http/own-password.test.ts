/** An administrator's own password: changed in a session, by who knows the one until now, and never guessed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Company, domain } from "../crossing/company.ts";

const [first, second] = ["correct horse battery", "a password of my own"];
const json = { "content-type": "application/json" };
let company: Company;

beforeAll(async () => {
  company = await Company.start();
  const erin = { name: "erin", password: first, role: "domain-administrator", domains: [domain] };
  const frank = { name: "frank", password: first, role: "administrator", domains: [] };
  for (const one of [erin, frank]) await company.command.post("/administrators", one);
});
afterAll(async () => {
  await company?.[Symbol.asyncDispose]();
});

type Headers = Readonly<Record<string, string>>;

async function ask<T>(headers: Headers, method: string, path: string, body?: object) {
  const answer = await fetch(`http://127.0.0.1:${company.ports.http}/api${path}`, {
    method,
    headers: { ...json, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    told: (await answer.json()) as T,
    cookie: answer.headers.get("set-cookie"),
  };
}

async function signIn(name: string, password: string): Promise<{ status: number; headers: Headers }> {
  const { status, told, cookie } = await ask<{ csrfToken?: string }>({}, "POST", "/session", {
    name,
    password,
  });
  return { status, headers: { cookie: cookie?.split(";")[0] ?? "", "x-csrf-token": told.csrfToken ?? "" } };
}

const change = (headers: Headers, oldPassword: string, password: string) =>
  ask(headers, "PUT", "/account/password", { oldPassword, password });

test("is changed by who knows it: the session goes on, all others end, tokens stay", async () => {
  const [here, elsewhere] = [await signIn("erin", first), await signIn("erin", first)];
  const made = await ask<{ token: string }>(here.headers, "POST", "/administrators/erin/tokens", {
    ...{ label: "program", mayWrite: true, days: 1 },
  });
  const bearer = { authorization: `Bearer ${made.told.token}` };
  expect((await change(here.headers, "another password", second)).status).toBe(403);
  expect((await change(here.headers, first, "short")).status).toBe(400);
  expect((await change(bearer, first, second)).status).toBe(403);
  expect((await signIn("erin", first)).status).toBe(200);

  expect(await change(here.headers, first, second)).toMatchObject({ status: 200, told: { done: true } });
  expect((await ask(here.headers, "GET", "/session")).status).toBe(200);
  expect((await ask(elsewhere.headers, "GET", "/session")).status).toBe(401);
  expect((await ask(bearer, "GET", `/domains/${domain}`)).status).toBe(200);
  expect((await signIn("erin", first)).status).toBe(401);
  expect((await signIn("erin", second)).status).toBe(200);
});

test("stands in the record with who changed it, and neither of the two", async () => {
  const { records } = await company.command.get<{ records: readonly { kind: string }[] }>("/log");
  const kept = records.filter(({ kind }) => kind === "administrator-password");
  expect(kept.map((record) => ({ ...record, outcome: undefined }))).toContainEqual(
    expect.objectContaining({ actor: "administrator: erin" }),
  );
  for (const secret of [first, second, "another password", "short"])
    expect(JSON.stringify(records)).not.toContain(`"${secret}"`);
});

test("a domain administrator sees and ends the own sessions and tokens, and nobody else's", async () => {
  const [here, lost] = [await signIn("erin", second), await signIn("erin", second)];
  const path = "/administrators/erin/keys";
  type Keys = readonly { readonly id: string; readonly kind: string }[];
  const before = (await ask<Keys>(here.headers, "GET", path)).told;
  const newest = before.findLast(({ kind }) => kind === "session");
  expect((await ask(here.headers, "DELETE", `${path}/${newest?.id}`)).status).toBe(200);
  const after = (await ask<Keys>(here.headers, "GET", path)).told;
  expect(after).toHaveLength(before.length - 1);
  expect((await ask(lost.headers, "GET", "/session")).status).toBe(401);
  for (const [method, other] of [
    ["GET", "/administrators/frank/keys"],
    ["POST", "/administrators/frank/tokens"],
    ["PUT", "/administrators/frank/password"],
    ["PUT", "/administrators/erin/password"],
  ] as const)
    expect((await ask(here.headers, method, other, method === "GET" ? undefined : {})).status).toBe(403);
});

test("is not guessed: after twenty wrong ones none is looked at, the right one neither", async () => {
  const { headers } = await signIn("frank", first);
  for (let n = 0; n < 20; n++) expect((await change(headers, `wrong ${n}`, second)).status).toBe(403);
  expect((await change(headers, first, second)).status).toBe(429);
  expect((await signIn("frank", first)).status).toBe(200);
});
