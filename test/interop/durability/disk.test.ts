/** The model that the server's traces are judged by, held to made-up traces with something wrong in them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeScratch } from "../scratch.ts";
import { Disk } from "./disk.ts";
import { readTrace } from "./trace.ts";

const hex = (text: string): string =>
  text.replace(/./gs, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
const root = "/scratch";
const path = (name: string): string => hex(`${root}/${name}`);

/** Lines of a trace, as strace prints them. */
const create = (name: string, descriptor = 20): string =>
  `1 openat(AT_FDCWD<${hex("/")}>, "${path(name)}", O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0600) = ${descriptor}<${path(name)}>`;
const write = (name: string, text: string, descriptor = 20): string =>
  `1 write(${descriptor}<${path(name)}>, "${hex(text)}", ${text.length}) = ${text.length}`;
const writeAt = (name: string, text: string, at: number): string =>
  `1 pwrite64(20<${path(name)}>, "${hex(text)}", ${text.length}, ${at}) = ${text.length}`;
const sync = (name: string): string => `1 fsync(20<${name === "" ? hex(root) : path(name)}>) = 0`;
const link = (from: string, to: string): string => `2 link("${path(from)}", "${path(to)}") = 0`;
const makeDirectory = (name: string): string => `2 mkdir("${path(name)}", 0700) = 0`;

/** What is left of a file after all that happened; null where its name is not. */
async function leftOf(
  name: string,
  lines: readonly string[],
  lucky: string | null = null,
): Promise<string | null> {
  await using scratch = await makeScratch("remains");
  const disk = new Disk(root);
  for (const moment of readTrace(`${lines.join("\n")}\n`)) disk.apply(moment);
  disk.writeRemains(scratch.path, lucky);
  const remains = join(scratch.path, name);
  return existsSync(remains) ? readFileSync(remains, "latin1") : null;
}

const whole = [create("a"), write("a", "one"), write("a", "two"), sync("a"), sync("")];

test("what was synced with its directory is kept", async () => {
  expect(await leftOf("a", whole)).toBe("onetwo");
  expect(await leftOf("a", [...whole, writeAt("a", "ONE", 0), sync("a")])).toBe("ONEtwo");
});

test.each<[string, readonly string[], string | null]>([
  ["a file that is never synced is empty", [create("a"), write("a", "one"), sync("")], ""],
  ["a name that is never synced is not there", [create("a"), write("a", "one"), sync("a")], null],
  ["what is written after the sync is lost", [...whole, write("a", "three")], "onetwo"],
  ["and so is what is written over it", [...whole, writeAt("a", "ONE", 0)], "onetwo"],
  [
    "a sync that fails keeps nothing",
    [create("a"), write("a", "one"), sync(""), sync("a").replace("= 0", "= -1 EIO (Input/output error)")],
    "",
  ],
  ["a shorter file is as long as before", [...whole, `1 ftruncate(20<${path("a")}>, 2) = 0`], "onetwo"],
  ["a file that is deleted comes back", [...whole, `1 unlink("${path("a")}") = 0`], "onetwo"],
])("%s", async (_what, lines, left) => {
  expect(await leftOf("a", lines)).toBe(left);
});

test("a sync keeps only what was written before it began", async () => {
  const [begun = "", ended = ""] = sync("a")
    .replace(") = 0", " <unfinished ...>\n1 <... fsync resumed>) = 0")
    .split("\n");
  const meanwhile = write("a", "two").replace(/^1/, "2");
  expect(await leftOf("a", [create("a"), write("a", "one"), sync(""), begun, meanwhile, ended])).toBe("one");
  expect(await leftOf("a", [create("a"), write("a", "one"), sync(""), meanwhile, begun, ended])).toBe(
    "onetwo",
  );
  // The write had begun before, but not ended.
  const [writing = "", written = ""] = meanwhile
    .replace(") = 3", " <unfinished ...>\n2 <... write resumed>) = 3")
    .split("\n");
  expect(await leftOf("a", [create("a"), write("a", "one"), sync(""), writing, begun, written, ended])).toBe(
    "one",
  );
});

test("a second name is kept by a sync of its own directory", async () => {
  const lines = [...whole, makeDirectory("dir"), sync(""), link("a", "dir/b")];
  expect(await leftOf("dir/b", lines)).toBeNull();
  expect(await leftOf("dir/b", [...lines, sync("")])).toBeNull();
  expect(await leftOf("dir/b", [...lines, sync("dir")])).toBe("onetwo");
});

test("a name is lost with the directory above it", async () => {
  const lines = [makeDirectory("dir"), create("dir/a"), write("dir/a", "one"), sync("dir/a"), sync("dir")];
  expect(await leftOf("dir/a", lines)).toBeNull();
  expect(await leftOf("dir/a", [...lines, sync("")])).toBe("one");
});

test("a renamed file has its old name until the directory is synced", async () => {
  const lines = [...whole, `1 rename("${path("a")}", "${path("b")}") = 0`];
  expect([await leftOf("a", lines), await leftOf("b", lines)]).toEqual(["onetwo", null]);
  const synced = [...lines, sync("")];
  expect([await leftOf("a", synced), await leftOf("b", synced)]).toEqual([null, "onetwo"]);
});

test("a lucky file loses nothing", async () => {
  const lines = [create("wal"), write("wal", "one")];
  expect([await leftOf("wal", lines), await leftOf("wal", lines, "/wal")]).toEqual([null, "one"]);
});

test.each([
  ["a ring that the kernel polls", "1 io_uring_setup(256, {flags=IORING_SETUP_SQPOLL, sq_entries=256}) = 12"],
  ["a write that is not understood", `1 pwritev(20<${path("a")}>, [], 1, 0) = 3`],
  ["a file in memory", `1 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 20<${path("a")}>, 0) = 0x7f00`],
  ["a file from nowhere", write("b", "one")],
])("it does not judge %s", async (_what, line) => {
  await expect(leftOf("a", [...whole, line])).rejects.toThrow();
});

test.each([
  ["cut strings", `1 write(20<${path("a")}>, "${hex("one")}"..., 300) = 300`],
  ["lines that it does not understand", "1 what is this"],
  ["an end without a beginning", "1 <... write resumed>) = 3"],
])("%s are not passed over", (_what, line) => {
  expect(() => readTrace(line)).toThrow();
});
