import { expect, test } from "vitest";
import { stress } from "./stress.ts";

test("50 clients on shared folders are told nothing that contradicts itself", {
  timeout: 90_000,
}, async () => {
  const seed = Date.now() % 1_000_000;
  const { commands, agreements } = await stress({ seconds: 15, clients: 50, seed });
  expect(commands).toBeGreaterThan(500);
  expect(agreements).toBeGreaterThan(0);
});
