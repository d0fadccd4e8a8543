/** docs/rfc.md names every RFC that the code cites. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

function cited(text: string): readonly string[] {
  return [...text.matchAll(/\bRFC ?(\d{3,5})\b/g)].map(([, number]) => number ?? "");
}

test("every RFC cited in the code stands in docs/rfc.md", () => {
  const table = readFileSync(join(root, "docs", "rfc.md"), "utf8");
  const known = new Set(table.match(/\b\d{3,5}\b/g));
  const files = globSync("src/**/*.ts", { cwd: root });
  const missing = files.flatMap((file) =>
    cited(readFileSync(join(root, file), "utf8"))
      .filter((number) => !known.has(number))
      .map((number) => `${file}: RFC ${number}`),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
  expect(known.has("9999")).toBe(false);
});
