/** The table of scenarios itself: whole, readable by people, and what is selected is what is named. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OldMailboxes } from "../maildrop.ts";
import { notOldServers, scenarios } from "./registry.ts";
import type { OldHouse } from "./scenario.ts";
import { listing, SelectionError, select } from "./select.ts";

/** How many entries groups of the failure catalogue have. */
const entries = { A: 30, C: 25, D: 20, E: 18, F: 14, G: 22 };

const house: OldHouse = {
  mailboxes: new OldMailboxes(),
  domain: "big-company.com",
  now: () => 0,
  send: async () => "250",
};

test("every entry of groups A and C to G is a scenario, or is said to be none of an old server's", () => {
  const known = new Set(scenarios.map(({ id }) => id));
  for (const [group, count] of Object.entries(entries)) {
    for (let n = 1; n <= count; n++) {
      const id = `${group}${n}`;
      expect([id, known.has(id) !== Object.hasOwn(notOldServers, id)]).toEqual([id, true]);
    }
  }
  expect(Object.values(notOldServers).every((reason) => /^[A-Z].{10,}\.$/.test(reason))).toBe(true);
});

test("ids are in order and unique, and every row is told in full", () => {
  const ids = scenarios.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.indexOf("A2")).toBe(ids.indexOf("A1") + 1);
  for (const { title, does, options, protocols } of scenarios) {
    expect(title).toMatch(/^[A-Z].+\.$/);
    expect(does).toMatch(/^.+\.$/s);
    expect(protocols.length).toBeGreaterThan(0);
    for (const option of Object.values(options)) expect(option.about).not.toBe("");
  }
});

test("what hooks a scenario makes is what its protocols say", () => {
  for (const scenario of scenarios) {
    const hooks = scenario.make(new Map(), house);
    const made = [
      ...(hooks.pop3 ? ["pop3"] : []),
      ...(hooks.smtp ? ["smtp"] : []),
      ...(hooks.mail || hooks.every ? ["mail"] : []),
    ];
    expect([scenario.id, made.toSorted()]).toEqual([scenario.id, [...scenario.protocols].sort()]);
  }
});

test("several are selected with commas, each with its options", () => {
  const { ids, pop3, smtp } = select("a10:times=2, A20:at=3:octets=7,C4", house);
  expect(ids).toEqual(["A10", "A20", "C4"]);
  expect([pop3.length, smtp.length]).toEqual([2, 1]);
  expect(pop3[1]?.fault?.(moment("RETR", "3"))).toEqual({ do: "drop-inside", octets: 7 });
  expect(pop3[1]?.fault?.(moment("RETR", "3"))).toBeNull();
  expect(select("", house).ids).toEqual([]);
});

test.each([
  ["A99", 'There is no scenario "A99"'],
  ["A20:where=3", 'A20 has no option "where"; it takes: at, octets, times.'],
  ["A20:at=three", 'A20:at: found "three", expected a whole number.'],
  ["A8:form=sulk", "expected one of drop, hang"],
  ["A23:at=1", "it takes: none"],
])("%s is refused in one line", (spec, words) => {
  expect(() => select(spec, house)).toThrow(SelectionError);
  expect(() => select(spec, house)).toThrow(words);
});

test("the list names each with its options, and the program prints it", () => {
  const text = listing();
  for (const { id } of scenarios) expect(text).toMatch(new RegExp(`^${id} +\\[`, "m"));
  expect(text).toContain(":form=drop  what happens (drop | hang)");
  const main = join(import.meta.dirname, "..", "main.ts");
  const args = ["--conditions=source", "--disable-warning=ExperimentalWarning", main, "--list"];
  expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe(`${text}\n`);
});

function moment(verb: string, argument: string) {
  return { verb, argument, name: "anna", connection: 1, times: 1, login: 1 };
}
