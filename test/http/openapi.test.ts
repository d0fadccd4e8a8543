/**
 * The API as its own document describes it: the document is sound, and every operation in it refuses what it must
 * refuse, in the way it says. Whatever route is added is tried by itself.
 */
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Company, domain } from "../crossing/company.ts";

interface Operation {
  readonly method: string;
  /** Below `/api`, with names of parameters in braces. */
  readonly path: string;
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
}

const methods = ["get", "post", "put", "patch", "delete"];
const password = "correct horse battery";
let company: Company;
let document: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
let operations: readonly Operation[];
let closed: readonly Operation[];
const tokens = { all: "", reading: "", elsewhere: "" };
let session: { readonly cookie: string; readonly "x-csrf-token": string };

const url = (path: string) =>
  `http://127.0.0.1:${company.ports.http}${path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(name === "address" ? `nobody@${domain}` : domain),
  )}`;
const nameOf = ({ method, path }: Operation) => `${method.toUpperCase()} ${path}`;
const isChange = ({ method }: Operation) => method !== "get";
const json = { "content-type": "application/json" };

interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function call(operation: Operation, { headers = {}, body }: Call = {}): Promise<Response> {
  return await fetch(url(operation.path), {
    method: operation.method.toUpperCase(),
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

/** What is refused is told as a problem, with a status that the document names. */
async function refusal(operation: Operation, given: Call): Promise<string> {
  const response = await call(operation, given);
  const name = nameOf(operation);
  if (response.headers.get("content-type") !== "application/problem+json")
    return `${name}: ${response.status} ${response.headers.get("content-type")} ${(await response.text()).slice(0, 200)}`;
  const { title, status, detail } = (await response.json()) as Record<string, unknown>;
  if (status !== response.status || typeof detail !== "string" || detail === "" || title === undefined)
    return `${name}: not a whole problem`;
  if (!(String(response.status) in operation.responses))
    return `${name}: ${response.status} is not described`;
  return `${response.status}`;
}

/** The operations whose refusal is another one than it must be. */
async function wrongly(
  expected: readonly number[],
  among: readonly Operation[],
  given: (operation: Operation) => Call,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const operation of among) {
    const told = await refusal(operation, given(operation));
    if (!expected.map(String).includes(told)) wrong.push(`${nameOf(operation)}: ${told}`);
  }
  return wrong;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

beforeAll(async () => {
  // Each refusal is a request: the limits of requests are tried elsewhere.
  company = await Company.start();
  const { command } = company;
  document = await command.get("/openapi.json");
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ ...operation, method, path })),
  );
  closed = operations.filter(({ security }) => security === undefined || security.length > 0);
  await command.post("/administrators", { name: "carol", password, role: "administrator", domains: [] });
  await command.post("/administrators", {
    ...{ name: "dave", password, role: "domain-administrator", domains: ["elsewhere.example"] },
  });
  const token = async (name: string, mayWrite: boolean) =>
    (
      await command.post<{ readonly token: string }>(`/administrators/${name}/tokens`, {
        label: "suite",
        mayWrite,
        days: 1,
      })
    ).token;
  tokens.all = await token("carol", true);
  tokens.reading = await token("carol", false);
  tokens.elsewhere = await token("dave", true);
  const opened = await fetch(`http://127.0.0.1:${company.ports.http}/api/session`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ name: "carol", password }),
  });
  const { csrfToken } = (await opened.json()) as { csrfToken: string };
  session = { cookie: opened.headers.get("set-cookie")?.split(";")[0] ?? "", "x-csrf-token": csrfToken };
});
afterAll(async () => {
  await company?.[Symbol.asyncDispose]();
});

describe("the document", () => {
  test("is OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document) as never)).toMatchObject({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  test("names and describes every operation, each once", () => {
    expect(operations.length).toBeGreaterThan(40);
    for (const operation of operations) {
      expect(operation.operationId, nameOf(operation)).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary, nameOf(operation)).toMatch(/\S/);
      expect(Object.keys(operation.responses), nameOf(operation)).toContain("200");
      const named = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = (operation.parameters ?? [])
        .filter((one) => one.in === "path")
        .map(({ name }) => name);
      expect(described.sort(), nameOf(operation)).toEqual(named.sort());
    }
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });
});

describe("every operation", () => {
  test("answers nobody without a session, and nobody with one that is not", async () => {
    expect(await wrongly([401], closed, () => ({}))).toEqual([]);
    expect(await wrongly([401], closed, () => ({ headers: bearer("A".repeat(43)) }))).toEqual([]);
    expect(await wrongly([401], closed, () => ({ headers: { cookie: "mailferry=" } }))).toEqual([]);
  });

  test("changes nothing without the token of our pages, or with one for reading", async () => {
    const changes = closed.filter(isChange);
    expect(changes.length).toBeGreaterThan(25);
    const { cookie } = session;
    expect(await wrongly([403], changes, () => ({ headers: { cookie } }))).toEqual([]);
    const other = { cookie, "x-csrf-token": "A".repeat(43) };
    expect(await wrongly([403], changes, () => ({ headers: other }))).toEqual([]);
    const elsewhere = { ...session, origin: "http://evil.example" };
    expect(await wrongly([403], changes, () => ({ headers: elsewhere }))).toEqual([]);
    const ofAdministrator = changes.filter(({ path }) => !path.endsWith("/session"));
    expect(await wrongly([403], ofAdministrator, () => ({ headers: bearer(tokens.reading) }))).toEqual([]);
  });

  test("is closed to administrators of other domains", async () => {
    const theirs = /\/(session|events)$|\/account/;
    const others = closed.filter(({ path }) => !theirs.test(path));
    expect(await wrongly([403], others, () => ({ headers: bearer(tokens.elsewhere) }))).toEqual([]);
  });

  test("refuses bodies that are too large", async () => {
    const withBody = operations.filter(({ requestBody }) => requestBody !== undefined);
    expect(withBody.length).toBeGreaterThan(20);
    const body = `{"a":"${"x".repeat(5 * 1024 * 1024)}"}`;
    expect(await wrongly([413], withBody, () => ({ headers: { ...session, ...json }, body }))).toEqual([]);
  });

  test("refuses bodies that are no JSON, or of another type, or with fields it does not know", async () => {
    const withBody = operations.filter(({ requestBody }) => requestBody !== undefined);
    const headers = { ...session, ...json };
    expect(await wrongly([400], withBody, () => ({ headers, body: '{"name": ' }))).toEqual([]);
    expect(await wrongly([400], withBody, () => ({ headers, body: "[]" }))).toEqual([]);
    const body = JSON.stringify({ "no such field": 1 });
    expect(await wrongly([400], withBody, () => ({ headers, body }))).toEqual([]);
    const plain = { ...session, "content-type": "text/plain" };
    expect(await wrongly([415], withBody, () => ({ headers: plain, body }))).toEqual([]);
  });

  test("refuses to do without the body it asks for", async () => {
    const withBody = operations.filter(({ requestBody }) => requestBody !== undefined);
    expect(await wrongly([400], withBody, () => ({ headers: { ...session, ...json } }))).toEqual([]);
  });

  test("refuses parameters that are none", async () => {
    const withPath = closed.filter(({ path, method }) => path.includes("{") && method === "get");
    expect(withPath.length).toBeGreaterThan(10);
    for (const operation of withPath) {
      const long = "x".repeat(3000);
      const response = await fetch(url(operation.path.replace(/\{\w+\}/g, long)), {
        headers: bearer(tokens.all),
      });
      expect([400, 404], nameOf(operation)).toContain(response.status);
      expect(response.headers.get("content-type"), nameOf(operation)).toBe("application/problem+json");
    }
  });
});
