/** `mailbox list`: all of a domain, or a page of those that are looked for. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { domain, Mailferry } from "./mailferry.ts";

let mailferry: Mailferry;
beforeAll(async () => {
  mailferry = await Mailferry.start();
  await mailferry.people("anna", "bob", "bobby");
});
afterAll(() => mailferry[Symbol.asyncDispose]());

const list = (...options: readonly string[]) => mailferry.run(["mailbox", "list", domain, ...options]);
const names = (text: string) => [...text.matchAll(/^([a-z]+)@/gm)].map(([, name]) => name);

it("lists everybody, or whoever is looked for, a page at a time", { timeout: 90_000 }, async () => {
  expect(names((await list()).stdout)).toEqual(["anna", "bob", "bobby"]);
  expect(names((await list("--search", "BOB")).stdout)).toEqual(["bob", "bobby"]);
  expect((await list("--state", "waiting")).stdout).toContain("No mailbox matches.");
  const first = await list("--limit", "2", "--state", "local");
  expect(names(first.stdout)).toEqual(["anna", "bob"]);
  expect(first.stdout).toContain(`Of 3; for more: --after bob@${domain}`);
  expect(names((await list("--limit", "2", "--after", `bob@${domain}`)).stdout)).toEqual(["bobby"]);
  expect((await list("--state", "everywhere")).code).not.toBe(0);
});
