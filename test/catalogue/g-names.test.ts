/** G20: status says where names lead, seen from the server. */
import { expect, test } from "vitest";
import { Move } from "./move.ts";

test("G20: status says where MX and old names lead, or that DNS does not answer", async () => {
  await using move = await Move.start("", { from: (port) => `pop3://localhost:${port}` });
  await expect
    .poll(async () => (await move.status()).names?.lookedUp ?? null, { timeout: 40_000 })
    .not.toBeNull();
  const { names } = await move.status();
  expect([...(names?.leads ?? []), ...(names?.unknown ?? [])]).not.toEqual([]);
  expect(names?.leads.find(({ kind }) => kind === "old")).toMatchObject({
    name: "localhost",
    addresses: expect.arrayContaining(["127.0.0.1"]),
  });
}, 60_000);
