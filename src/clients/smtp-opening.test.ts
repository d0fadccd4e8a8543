import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { createSecureContext } from "node:tls";
import { expect, test } from "vitest";
import type { TlsPolicy } from "#mail/next-hop";
import { startSmtp } from "../../test/old-server/smtp.ts";
import { answers, hangsAt } from "../../test/old-server/smtp-faults.ts";
import { goodFiles } from "../../test/tls/certificates.ts";
import { deliveryLimits } from "./smtp-limits.ts";
import { openSmtp, type SmtpOpening } from "./smtp-opening.ts";

const { signal } = new AbortController();

async function opening(
  port: number,
  tls: TlsPolicy = { mode: "none" },
  limits = deliveryLimits,
): Promise<SmtpOpening> {
  const peer = { address: "127.0.0.1", port, host: "localhost" };
  return await openSmtp(peer, { heloName: "new.big-company.com", tls, limits }, signal);
}

test("EHLO, and what is offered", async () => {
  await using server = await startSmtp({ greeting: "old.big-company.com ESMTP id=42" });
  const result = await opening(server.port);
  if (result.kind !== "open") throw new Error(result.kind);
  await using client = result.client;
  expect(client.greeting).toBe("old.big-company.com ESMTP id=42");
  expect(client.extensions).toMatchObject({ pipelining: true, dsn: true, size: 52428800, smtpUtf8: true });
  expect(server.seen.commands).toEqual(["EHLO new.big-company.com"]);
});

test("HELO where EHLO is not known", async () => {
  await using server = await startSmtp({ offers: null });
  const result = await opening(server.port);
  if (result.kind !== "open") throw new Error(result.kind);
  await using client = result.client;
  expect(client.extensions.pipelining).toBe(false);
  expect(server.seen.commands).toEqual(["EHLO new.big-company.com", "HELO new.big-company.com"]);
});

test.each([
  ["CONNECT", "554 5.7.1 your address is not welcome", "greeting"],
  ["CONNECT", "421 4.3.2 too busy", "greeting"],
  ["EHLO", "450 4.7.1 not yet", "hello"],
])("refused at %s with %s", async (verb, line, at) => {
  await using server = await startSmtp({ fault: answers(verb, line) });
  const result = await opening(server.port);
  expect(result).toMatchObject({ kind: "refused", at, reply: { code: Number(line.slice(0, 3)) } });
});

test("trouble is a value: nobody listens, nobody greets, somebody else greets", async () => {
  const closed = await startSmtp({});
  await closed[Symbol.asyncDispose]();
  expect(await opening(closed.port)).toMatchObject({ kind: "trouble", trouble: { kind: "unreachable" } });

  await using silent = await startSmtp({ fault: hangsAt("CONNECT") });
  const hurried = { ...deliveryLimits, greeting: 100 };
  expect(await opening(silent.port, { mode: "none" }, hurried)).toMatchObject({
    trouble: { kind: "timeout" },
  });

  await using other = await startSmtp({ fault: answers("CONNECT", "+OK POP3 ready") });
  expect(await opening(other.port)).toMatchObject({ trouble: { kind: "protocol" } });
});

const files = { cert: readFileSync(goodFiles.certificate), key: readFileSync(goodFiles.key) };
const fingerprint = new X509Certificate(files.cert).fingerprint256.replaceAll(":", "").toLowerCase();

test.each<[TlsPolicy, boolean]>([
  [{ mode: "pin", sha256: fingerprint }, true],
  [{ mode: "opportunistic" }, true],
  [{ mode: "none" }, false],
])("STARTTLS under %j", async (policy, secure) => {
  await using server = await startSmtp({ tls: createSecureContext(files) });
  const result = await opening(server.port, policy);
  if (result.kind !== "open") throw new Error(JSON.stringify(result));
  await using client = result.client;
  expect(client.isSecure).toBe(secure);
  expect(server.seen.commands).toEqual(
    secure
      ? ["EHLO new.big-company.com", "STARTTLS", "EHLO new.big-company.com"]
      : ["EHLO new.big-company.com"],
  );
});

test.each<[TlsPolicy, boolean]>([
  [{ mode: "verify" }, true],
  [{ mode: "pin", sha256: "00".repeat(32) }, true],
  [{ mode: "verify" }, false],
  [{ mode: "pin", sha256: fingerprint }, false],
])("never in clear under %j, STARTTLS offered: %j", async (policy, offered) => {
  await using server = await startSmtp(offered ? { tls: createSecureContext(files) } : {});
  expect(await opening(server.port, policy)).toMatchObject({ kind: "trouble", trouble: { kind: "tls" } });
});

test("opportunistic: where the handshake fails, in clear", async () => {
  await using server = await startSmtp({
    offers: ["STARTTLS"],
    fault: answers("STARTTLS", "220 go\r\nno TLS"),
  });
  const result = await opening(server.port, { mode: "opportunistic" });
  if (result.kind !== "open") throw new Error(JSON.stringify(result));
  await using client = result.client;
  expect(client.isSecure).toBe(false);
  expect(server.seen.connections).toBe(2);
});

test("an endless greeting line is given up", async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.write("220 ".padEnd(100_000, "x"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  expect(await opening(address.port)).toMatchObject({ trouble: { kind: "protocol" } });
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test("giving up while connecting", async () => {
  await using server = await startSmtp({ fault: hangsAt("CONNECT") });
  const stop = new AbortController();
  const peer = { address: "127.0.0.1", port: server.port, host: "localhost" };
  const options = { heloName: "x.big-company.com", tls: { mode: "none" } as const, limits: deliveryLimits };
  const result = openSmtp(peer, options, stop.signal);
  setTimeout(() => stop.abort(), 20);
  expect((await result).kind).toBe("trouble");
  expect((await openSmtp(peer, options, stop.signal)).kind).toBe("trouble");
});
