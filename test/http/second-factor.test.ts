/** The second step of an administrator's sign-in, from switching it on to the lost device, over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "#http/access/totp";
import { Company } from "../crossing/company.ts";
import { octetsOf } from "../programs/base32.ts";

const password = "correct horse battery";
let company: Company;

beforeAll(async () => {
  company = await Company.start();
  for (const name of ["carol", "dave"])
    await company.command.post("/administrators", { name, password, role: "administrator", domains: [] });
});
afterAll(async () => {
  await company?.[Symbol.asyncDispose]();
});

const url = (path: string) => `http://127.0.0.1:${company.ports.http}/api${path}`;
const json = { "content-type": "application/json" };

async function signIn(
  name: string,
  code?: string,
): Promise<{ status: number; title: string; headers: Record<string, string> }> {
  const body = JSON.stringify({ name, password, ...(code === undefined ? {} : { code }) });
  const answer = await fetch(url("/session"), { method: "POST", headers: json, body });
  const told = (await answer.json()) as { title?: string; csrfToken?: string };
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  const headers = { ...json, cookie, "x-csrf-token": told.csrfToken ?? "" };
  return { status: answer.status, title: told.title ?? "", headers };
}

async function ask<T>(
  headers: Record<string, string>,
  method: string,
  path: string,
  body?: object,
): Promise<[number, T]> {
  const answer = await fetch(url(path), {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [answer.status, (await answer.json()) as T];
}

const step = () => Math.floor(Date.now() / 30_000);

describe("codes of a second device", () => {
  let secret: Uint8Array;
  let recovery: readonly string[] = [];

  test("are asked for once a first one was shown, and not before", async () => {
    const { headers } = await signIn("carol");
    const [, begun] = await ask<{ secret: string; url: string }>(headers, "POST", "/account/totp");
    expect(begun.url).toContain(`secret=${begun.secret}`);
    secret = octetsOf(begun.secret);
    expect(secret).toHaveLength(20);
    expect((await signIn("carol")).status).toBe(200);
    expect((await ask(headers, "PUT", "/account/totp", { code: "000000x" }))[0]).toBe(403);
    const [status, confirmed] = await ask<{ recoveryCodes: string[] }>(headers, "PUT", "/account/totp", {
      code: codeOf(secret, step()),
    });
    expect(status).toBe(200);
    recovery = confirmed.recoveryCodes;
    expect(new Set(recovery).size).toBe(10);
    expect(await ask(headers, "GET", "/account/totp")).toEqual([200, { isOn: true, recoveryCodes: 10 }]);
    expect((await ask(headers, "POST", "/account/totp"))[0]).toBe(409);
  });

  test("stand between a password and a session, each good once", async () => {
    expect(await signIn("carol")).toMatchObject({ status: 401, title: "code-needed" });
    expect(await signIn("carol", "123")).toMatchObject({ status: 401, title: "wrong-code" });
    const next = codeOf(secret, step() + 1);
    expect(await signIn("carol", next)).toMatchObject({ status: 200 });
    expect(await signIn("carol", next)).toMatchObject({ status: 401, title: "wrong-code" });
    const [first = ""] = recovery;
    expect(await signIn("carol", first.toLowerCase())).toMatchObject({ status: 200 });
    expect(await signIn("carol", first)).toMatchObject({ status: 401, title: "wrong-code" });
    expect((await signIn("dave")).status).toBe(200);
  });

  test("outlive a restart of the server, and are no business of programs", async () => {
    await company.kill();
    await company.startServer();
    expect(await signIn("carol")).toMatchObject({ status: 401, title: "code-needed" });
    const { token } = await company.command.post<{ token: string }>("/administrators/carol/tokens", {
      ...{ label: "program", mayWrite: true, days: 1 },
    });
    const bearer = { ...json, authorization: `Bearer ${token}` };
    expect((await ask(bearer, "POST", "/account/totp"))[0]).toBe(403);
    expect((await ask(bearer, "GET", "/account/totp"))[0]).toBe(403);
  });

  test("are switched off with a last one, or on the command line for a lost device", async () => {
    const { headers } = await signIn("carol", recovery[1]);
    expect((await ask(headers, "POST", "/account/totp/off", { code: "000000" }))[0]).toBe(403);
    expect((await ask(headers, "DELETE", "/administrators/carol/totp"))[0]).toBe(403);
    expect((await ask(headers, "POST", "/account/totp/off", { code: recovery[2] ?? "" }))[0]).toBe(200);
    const again = await signIn("carol");
    expect(again.status).toBe(200);
    const [, begun] = await ask<{ secret: string }>(again.headers, "POST", "/account/totp");
    await ask(again.headers, "PUT", "/account/totp", { code: codeOf(octetsOf(begun.secret), step()) });
    expect((await signIn("carol")).title).toBe("code-needed");
    await company.command.delete("/administrators/carol/totp");
    expect((await signIn("carol")).status).toBe(200);
    await expect(company.command.delete("/administrators/carol/totp")).rejects.toThrow(/without codes/);
    const { records } = await company.command.get<{ records: readonly { kind: string; actor: string }[] }>(
      "/log",
    );
    const kinds = records.map(({ kind }) => kind).filter((kind) => kind.startsWith("second-factor"));
    expect(kinds.filter((kind) => kind === "second-factor-on").length).toBeGreaterThanOrEqual(2);
    expect(kinds.filter((kind) => kind === "second-factor-off").length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(records)).not.toContain(recovery[2]);
  });

  test("are not guessed: after twenty wrong ones none is looked at, the right one neither", async () => {
    const { headers } = await signIn("dave");
    const [, begun] = await ask<{ secret: string }>(headers, "POST", "/account/totp");
    const own = octetsOf(begun.secret);
    await ask(headers, "PUT", "/account/totp", { code: codeOf(own, step()) });
    const off = (code: string) => ask(headers, "POST", "/account/totp/off", { code });
    for (let n = 0; n < 20; n++) expect((await off("wrong"))[0]).toBe(403);
    expect((await off(codeOf(own, step() + 1)))[0]).toBe(429);
    expect(await signIn("dave", codeOf(own, step() + 1))).toMatchObject({ status: 429 });
  });
});
