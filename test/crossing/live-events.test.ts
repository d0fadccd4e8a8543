/** What changes, told to pages as it happens: over HTTP, with a real server that is killed and started again. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Company, domain } from "./company.ts";

let company: Company;
const headers: Record<string, string> = {};

/** A stream of events, with what came of it so far. */
async function listen(more: Readonly<Record<string, string>> = {}) {
  const stop = new AbortController();
  const url = `http://127.0.0.1:${company.ports.http}/api/events`;
  const answer = await fetch(url, { headers: { ...headers, ...more }, signal: stop.signal });
  const heard = { text: "", status: answer.status, isOver: false, type: answer.headers.get("content-type") };
  const read = async () => {
    for await (const octets of answer.body ?? []) heard.text += Buffer.from(octets).toString();
  };
  void read()
    .catch(() => undefined)
    .finally(() => {
      heard.isOver = true;
    });
  return {
    heard,
    lastId: () => /^id: (.*)$(?![\s\S]*^id: )/m.exec(heard.text)?.[1] ?? "",
    hears: async (text: string) =>
      await expect.poll(() => heard.text, { timeout: 15_000, interval: 20 }).toContain(text),
    close: () => stop.abort(),
  };
}

beforeAll(async () => {
  company = await Company.start();
  company.mailboxes.add("anna", "secret");
  const administrator = { name: "carol", password: "correct horse battery" };
  const token = /#\/set-up\/([\w-]{43})/.exec(company.log)?.[1];
  const answer = await fetch(`http://127.0.0.1:${company.ports.http}/api/set-up`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token, ...administrator }),
  });
  expect(answer.status).toBe(200);
  headers.cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  headers["x-csrf-token"] = ((await answer.json()) as { csrfToken: string }).csrfToken;
});
afterAll(() => company[Symbol.asyncDispose]());

it("tells within a second of what somebody else does, and of what happens by itself", async () => {
  const window = await listen();
  expect(window.heard.type).toBe("text/event-stream");
  await window.hears("event: reset");
  const began = performance.now();
  await company.command.post("/mailboxes", { address: `new@${domain}`, password: "a password", isNew: true });
  await window.hears(`"mailbox:new@${domain}"`);
  expect(performance.now() - began).toBeLessThan(5000);
  expect(window.heard.text).toContain(`"domain:${domain}"`);
  await using _anna = await company.login("anna", "secret");
  await window.hears(`"mailbox:anna@${domain}"`);
  await window.hears(`"migration:${domain}"`);
  window.close();
});

it("goes on where it was broken off, and asks for everything after the server was started again", async () => {
  const first = await listen();
  await first.hears("event: reset");
  const id = first.lastId();
  first.close();
  await company.command.post("/domains", { kind: "alias", name: "big-company.net", target: domain });
  const second = await listen({ "last-event-id": id });
  await second.hears('"domain:big-company.net"');
  expect(second.heard.text).not.toContain("event: reset");
  const last = second.lastId();
  await company.kill();
  await expect.poll(() => second.heard.isOver, { timeout: 15_000 }).toBe(true);
  await company.startServer();
  const third = await listen({ "last-event-id": last });
  await third.hears("event: reset");
  expect(third.lastId().split("-")[0]).not.toBe(last.split("-")[0]);
  third.close();
});

it("is bounded in windows, and ends when its session ends", async () => {
  const windows = await Promise.all([1, 2, 3, 4].map(() => listen()));
  await Promise.all(windows.map(({ hears }) => hears("event: reset")));
  const fifth = await listen();
  expect(fifth.heard.status).toBe(429);
  windows[0]?.close();
  await expect
    .poll(
      async () => {
        const again = await listen();
        again.close();
        return again.heard.status;
      },
      { timeout: 15_000 },
    )
    .toBe(200);
  const base = `http://127.0.0.1:${company.ports.http}`;
  await fetch(`${base}/api/session`, { method: "DELETE", headers });
  await expect.poll(() => windows.every(({ heard }) => heard.isOver), { timeout: 15_000 }).toBe(true);
  expect((await listen()).heard.status).toBe(401);
});
