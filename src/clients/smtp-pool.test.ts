import { expect, test } from "vitest";
import { type RunningSmtp, startSmtp } from "../../test/old-server/smtp.ts";
import type { SmtpClient } from "./smtp-client.ts";
import { deliveryLimits } from "./smtp-limits.ts";
import { openSmtp } from "./smtp-opening.ts";
import { SmtpPool } from "./smtp-pool.ts";

const { signal } = new AbortController();
const limits = { perPeer: 2, total: 3, idleMilliseconds: 60_000, transactions: 5 };

async function open(server: RunningSmtp): Promise<SmtpClient> {
  const peer = { address: "127.0.0.1", port: server.port, host: "localhost" };
  const opening = await openSmtp(
    peer,
    { heloName: "new.big-company.com", tls: { mode: "none" }, limits: deliveryLimits },
    signal,
  );
  if (opening.kind !== "open") throw new Error(opening.kind);
  return opening.client;
}

test("a connection is handed out once, and only under its own key", async () => {
  await using server = await startSmtp({});
  await using pool = new SmtpPool(limits);
  const client = await open(server);
  pool.give("a", client);
  expect(pool.take("b")).toBeNull();
  expect(pool.take("a")).toBe(client);
  expect(pool.take("a")).toBeNull();
  pool.give("a", client);
});

test("what is too many, too old or closed is not kept", async () => {
  await using server = await startSmtp({});
  await using pool = new SmtpPool(limits);
  const clients = await Promise.all(Array.from({ length: 6 }, () => open(server)));
  const [first, second, third, fourth, worn, broken] = clients;
  if (!first || !second || !third || !fourth || !worn || !broken) throw new Error("no clients");
  pool.give("a", first);
  pool.give("a", second);
  pool.give("a", third);
  pool.give("b", fourth);
  worn.transactions = 5;
  pool.give("c", worn);
  broken.destroy();
  pool.give("d", broken);
  expect([pool.take("a"), pool.take("a"), pool.take("a")]).toEqual([second, first, null]);
  expect([pool.take("b"), pool.take("c"), pool.take("d")]).toEqual([fourth, null, null]);
  for (const client of clients) client.destroy();
});

test("closing says QUIT to what is idle, and to what comes back later", async () => {
  await using server = await startSmtp({});
  const pool = new SmtpPool(limits);
  const idle = await open(server);
  const busy = await open(server);
  pool.give("a", idle);
  await pool[Symbol.asyncDispose]();
  expect(idle.isOpen).toBe(false);
  pool.give("a", busy);
  await pool[Symbol.asyncDispose]();
  expect(busy.isOpen).toBe(false);
  expect(server.seen.commands.filter((command) => command === "QUIT")).toHaveLength(2);
});

test("an idle connection is closed in time", async () => {
  await using server = await startSmtp({});
  await using pool = new SmtpPool({ ...limits, idleMilliseconds: 10 });
  const client = await open(server);
  pool.give("a", client);
  while (client.isOpen) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(pool.take("a")).toBeNull();
});
