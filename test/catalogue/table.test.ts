/** The table of the failure catalogue in docs/migration.md: every entry once, and every test that it names is there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** How many entries each group has. B, old IMAP servers, is one row. */
const groups = { A: 30, C: 25, D: 20, E: 18, F: 14, G: 22 } as const;
const verdicts = /^(tested|partly|otherwise|not yet|later|left out): /;

interface Row {
  readonly id: string;
  readonly must: string;
  readonly where: string;
}

/** A file, and the title of a test in it; "" where the file is the test, as a transcript is. */
interface Named {
  readonly file: string;
  readonly title: string;
}

function rows(document: string): readonly Row[] {
  const [, section = ""] = document.split(/^## The failure catalogue, one by one$/m);
  return section.split("\n").flatMap((line) => {
    const [, id, must, where] = /^\| ([A-G]\d[^|]*) \| ([^|]+) \| ([^|]+) \|$/.exec(line) ?? [];
    return id && must && where ? [{ id, must, where }] : [];
  });
}

/** `file` "title", "title", … */
function named(where: string): readonly Named[] {
  const parts = where.matchAll(/`((?:src|test)\/[^`]+)`((?:,? "[^"]+")*)/g);
  return [...parts].flatMap(([, file = "", list = ""]) => {
    const titles = [...list.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => title);
    return (titles.length > 0 ? titles : [""]).map((title) => ({ file, title }));
  });
}

/** What is wrong with a name; null: it is there. */
function missing({ file, title }: Named): string | null {
  const path = join(root, file);
  if (!existsSync(path)) return `${file} is not there`;
  if (title === "") return file.endsWith(".txt") ? null : `${file} is named without a test in it`;
  const source = readFileSync(path, "utf8");
  const isThere = [`"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted));
  return isThere ? null : `${file} has no test "${title}"`;
}

const table = rows(readFileSync(join(root, "docs", "migration.md"), "utf8"));

describe("the failure catalogue in docs/migration.md", () => {
  test("has every entry once, in order", () => {
    const wanted = Object.entries(groups).flatMap(([group, count]) =>
      Array.from({ length: count }, (_, index) => `${group}${index + 1}`),
    );
    wanted.splice(groups.A, 0, "B1–B30");
    expect(table.map(({ id }) => id)).toEqual(wanted);
  });

  test("says of each what it demands in a few words, and what became of it", () => {
    for (const { id, must, where } of table) {
      expect(must.split(/\s+/).length, id).toBeLessThanOrEqual(12);
      expect(where, id).toMatch(verdicts);
    }
  });

  test("names a test wherever it says that there is one", () => {
    const bare = table.filter(({ where }) => /^tested: /.test(where) && named(where).length === 0);
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  test("names only tests that are there, by their titles", () => {
    const wrong = table.flatMap(({ id, where }) =>
      named(where).flatMap((name) => {
        const problem = missing(name);
        return problem === null ? [] : [`${id}: ${problem}`];
      }),
    );
    expect(table.flatMap(({ where }) => named(where)).length).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
    expect(
      missing({ file: "test/catalogue/table.test.ts", title: ["nobody", "wrote this"].join(" ") }),
    ).not.toBe(null);
  });
});
