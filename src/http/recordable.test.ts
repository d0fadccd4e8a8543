import { expect, test } from "vitest";
import { difference, recordable } from "./recordable.ts";

test("no secret, whatever it is called and wherever it stands, is recordable", () => {
  const asked = {
    address: "anna@big-company.com",
    password: "hunter2",
    adminPassword: "hunter2",
    message: "Dear all, …",
    logins: [{ user: "anna", password: "hunter2" }],
    inside: { token: "hunter2", passwordHash: "hunter2", sealed: "hunter2" },
    hasPassword: true,
    messages: 7,
  };
  const kept = recordable(asked);
  expect(JSON.stringify(kept)).not.toMatch(/hunter2|Dear/);
  expect(kept).toMatchObject({
    address: "anna@big-company.com",
    password: "(not recorded)",
    logins: [{ user: "anna", password: "(not recorded)" }],
    hasPassword: true,
    messages: 7,
  });
});

test("what is recordable is bounded", () => {
  const people = Array.from({ length: 100_000 }, (_, n) => `${n}@big-company.com`);
  const kept = recordable({ people, text: "x", long: "y".repeat(10_000), deep: [[[[["z"]]]]] });
  expect(JSON.stringify(kept).length).toBeLessThan(2000);
  expect(kept).toMatchObject({ people: expect.arrayContaining(["19@big-company.com", "… 99980 more"]) });
});

test("a difference names what changed, and only that", () => {
  const one = { name: "big-company.com", unknownUsers: "reject", hosts: [1] };
  const other = { name: "big-company.com", unknownUsers: "defer", hosts: [1] };
  expect(difference(one, other)).toEqual({
    before: { unknownUsers: "reject" },
    after: { unknownUsers: "defer" },
  });
  expect(difference(null, one)).toEqual({ after: one });
  expect(difference(one, null)).toEqual({ before: one });
  expect(difference(null, null)).toEqual({});
  expect(difference(one, one)).toEqual({ before: {}, after: {} });
});
