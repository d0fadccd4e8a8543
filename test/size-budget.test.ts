/** The size budget: files stay small enough to be read at one sitting. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const budget = { median: 100, p90: 250, most: 400 };

function linesOf(patterns: readonly string[]): { readonly file: string; readonly lines: number }[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  return listed
    .split("\n")
    .filter((file) => file !== "")
    .map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length - 1 }))
    .sort((a, b) => a.lines - b.lines);
}

test("no file has more than 400 lines, tests included", () => {
  const files = linesOf(["*.ts", "*.tsx", "*.js", "*.sql", "*.sh"]);
  expect(files.filter(({ lines }) => lines > budget.most)).toEqual([]);
});

test("the median source file has at most 100 lines, nine of ten at most 250", () => {
  const files = linesOf(["src/*.ts", "src/**/*.ts"]).filter(({ file }) => !file.endsWith(".test.ts"));
  expect(files.length).toBeGreaterThan(50);
  expect(files[Math.floor(files.length / 2)]?.lines).toBeLessThanOrEqual(budget.median);
  expect(files[Math.floor(files.length * 0.9)]?.lines).toBeLessThanOrEqual(budget.p90);
});
