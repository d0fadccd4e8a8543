import { describe, expect, test } from "vitest";
import { homeless, stillToCome } from "./people.ts";

const nothing = { accepted: [], tried: [], named: null, expected: [], maildrops: [] };
const unknown = { oldOctets: null, lastMail: null };
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
      maildrops: [],
    });
    expect(found).toEqual([
      {
        address: at("bea"),
        likely: "person",
        accepted: null,
        tried: null,
        named: 0,
        isExpected: true,
        ...unknown,
      },
      {
        address: at("list-a"),
        likely: "unknown",
        accepted: null,
        tried: null,
        named: 9,
        isExpected: false,
        ...unknown,
      },
      {
        address: at("nina"),
        likely: "person",
        accepted: { messages: 3, last: 50 },
        tried: { times: 2, last: 70 },
        named: 0,
        isExpected: false,
        oldOctets: null,
        lastMail: 50,
      },
      {
        address: at("otto"),
        likely: "person",
        accepted: null,
        tried: { times: 1, last: 60 },
        named: 0,
        isExpected: false,
        ...unknown,
      },
    ]);
  });

  test("C25: people who never log in have the size and the last mail that is known of their old mailbox", () => {
    const found = homeless({
      ...nothing,
      accepted: [
        { address: at("asked"), messages: 0, lastAccepted: 900 },
        { address: at("nina"), messages: 3, lastAccepted: 50 },
        { address: at("otto"), messages: 1, lastAccepted: 500 },
      ],
      maildrops: [
        { address: at("carol"), octets: 1000, lastMail: null },
        { address: at("nina"), octets: 2000, lastMail: 70 },
        { address: at("otto"), octets: null, lastMail: 70 },
      ],
    });
    expect(found.map(({ address, oldOctets, lastMail }) => [address, oldOctets, lastMail])).toEqual([
      // The old server was only asked whether it takes mail for this one.
      [at("asked"), null, null],
      [at("carol"), 1000, null],
      [at("nina"), 2000, 70],
      [at("otto"), null, 500],
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
