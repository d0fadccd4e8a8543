/** The import table: which room may know which. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, mayImport, violations } from "./layers.ts";

const root = join(import.meta.dirname, "..");

function sources(): { readonly file: string; readonly text: string }[] {
  return readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { file: relative(join(root, "src"), path), text: readFileSync(path, "utf8") };
    });
}

test("no room imports what the table does not allow", () => {
  const files = sources();
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(({ file, text }) => violations(file, text))).toEqual([]);
});

describe("the test itself finds planted violations", () => {
  test.each([
    ["pop3/session.ts", 'import { x } from "#smtp/session";', "pop3/session.ts imports #smtp/session"],
    [
      "mailbox/maildrop.ts",
      'import type { x } from "#queue/queue-store";',
      "mailbox/maildrop.ts imports #queue/queue-store",
    ],
    ["mail/address.ts", 'export * from "#net/wire";', "mail/address.ts imports #net/wire"],
    [
      "smtp/session.ts",
      'const x = await import("#store/sqlite/open");',
      "smtp/session.ts imports #store/sqlite/open",
    ],
    [
      "smtp/session.ts",
      'import { x } from "../pop3/session.ts";',
      "smtp/session.ts imports ../pop3/session.ts",
    ],
    [
      "routing/route.ts",
      'import { readFile } from "node:fs/promises";\nimport {\n  y,\n} from "#mailbox/folder";',
      "routing/route.ts imports #mailbox/folder",
    ],
    [
      "directory/domain.ts",
      'import { failed } from "#mailbox/mail-store";',
      "directory/domain.ts imports #mailbox/mail-store",
    ],
    [
      "store/sqlite/open.ts",
      'import { run } from "#queue/queue-store";',
      "store/sqlite/open.ts imports #queue/queue-store",
    ],
    ["http/api.ts", 'import { openQuota } from "#server/quota";', "http/api.ts imports #server/quota"],
    ["mail/date.ts", 'import { readFileSync } from "node:fs";', "mail/date.ts imports node:fs"],
  ])("%s: %s", (file, text, expected) => {
    expect(violations(file, text)).toEqual([expected]);
  });

  test("and leaves the allowed alone", () => {
    const allowed =
      'import { readMessage } from "#mailbox/reading";\nimport { x } from "./grammar.ts";\nimport { createHash } from "node:crypto";';
    expect(violations("pop3/session.ts", allowed)).toEqual([]);
    expect(
      violations("store/sqlite/open.ts", 'import type { QueueStore } from "#queue/queue-store";'),
    ).toEqual([]);
  });

  test("every form of import is seen", () => {
    const text =
      'import a from "a";\nimport "b";\nexport { c } from "c";\nimport type { d } from "d";\nawait import("e");\nnew Worker(new URL("./f.ts", import.meta.url));';
    expect(importsOf(text).map(({ from }) => from)).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("a room that the table does not know may import nothing", () => {
    expect(mayImport("cellar", "mail")).toBe("no");
  });
});
