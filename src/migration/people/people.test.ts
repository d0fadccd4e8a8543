import { describe, expect, test } from "vitest";
import { homeless, stillToCome } from "./people.ts";

const nothing = { accepted: [], tried: [], named: null, expected: [] };
const at = (name: string) => `${name}@big-company.com`;

describe("who has no home here", () => {
  test("is told once, with all evidence, in address order", () => {
    const found = homeless({
      accepted: [{ address: at("nina"), messages: 3, lastAccepted: 50 }],
      tried: [
        { address: at("nina"), times: 2, last: 70 },
        { address: at("otto"), times: 1, last: 60 },
      ],
      named: [{ address: at("list-a"), messages: 9 }],
      expected: [{ address: at("bea"), since: 1 }],
    });
    expect(found).toEqual([
      { address: at("bea"), likely: "person", accepted: null, tried: null, named: 0, isExpected: true },
      { address: at("list-a"), likely: "unknown", accepted: null, tried: null, named: 9, isExpected: false },
      {
        address: at("nina"),
        likely: "person",
        accepted: { messages: 3, last: 50 },
        tried: { times: 2, last: 70 },
        named: 0,
        isExpected: false,
      },
      {
        address: at("otto"),
        likely: "person",
        accepted: null,
        tried: { times: 1, last: 60 },
        named: 0,
        isExpected: false,
      },
    ]);
  });

  test("says when nobody looked into headers", () => {
    const [one] = homeless({ ...nothing, expected: [{ address: at("bea"), since: 1 }] });
    expect(one?.named).toBeNull();
  });

  test.each([
    ["no-reply", "machine"],
    ["noreply+7", "machine"],
    ["scanner2", "machine"],
    ["backup.db", "machine"],
    ["backuphaus", "unknown"],
    ["info", "role"],
    ["hostmaster", "role"],
    ["informant", "unknown"],
  ])("%s is probably: %s", (name, likely) => {
    const accepted = [{ address: at(name), messages: 0, lastAccepted: 1 }];
    expect(homeless({ ...nothing, accepted })[0]?.likely).toBe(likely);
  });
});

test("still to come is whom the old server accepts mail for, and whom the administrator expects, each once", async () => {
  const known = {
    missing: async () => [
      { address: at("nina"), messages: 3, lastAccepted: 50 },
      { address: at("tom"), messages: 1, lastAccepted: 40 },
    ],
  };
  const people = {
    expected: async () => [
      { address: at("nina"), since: 1 },
      { address: at("paul"), since: 1 },
    ],
  };
  expect(await stillToCome(known, people, "big-company.com")).toEqual([
    { address: at("nina"), messages: 3, lastAccepted: 50 },
    { address: at("paul"), messages: 0, lastAccepted: null },
    { address: at("tom"), messages: 1, lastAccepted: 40 },
  ]);
});
