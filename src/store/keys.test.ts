import { randomBytes } from "node:crypto";
import { link, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSealingKeys } from "./keys.ts";

let data = "";
let directory = "";

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "mailferry-keys-"));
  directory = join(data, "keys");
});

afterEach(() => rm(data, { recursive: true }));

test("a key is 32 octets, the same at every later opening, in a file that only the owner reads", async () => {
  const keys = await openSealingKeys(directory);
  const made = await keys.create("migration-1");
  expect(made).toHaveLength(32);
  expect(await keys.get("migration-1")).toEqual(made);
  expect(await (await openSealingKeys(directory)).get("migration-1")).toEqual(made);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, "migration-1"))).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(["migration-1"]);
});

test("every key differs and a key is never replaced", async () => {
  const keys = await openSealingKeys(directory);
  const made = await keys.create("loop-mark");
  expect(await keys.create("other")).not.toEqual(made);
  await expect(keys.create("loop-mark")).rejects.toThrow("EEXIST");
  expect(await keys.get("loop-mark")).toEqual(made);
  expect((await readdir(directory)).sort()).toEqual(["loop-mark", "other"]);
});

test("of two that create one key at once, one wins and its key stays", async () => {
  const keys = await openSealingKeys(directory);
  const results = await Promise.allSettled([keys.create("one"), keys.create("one")]);
  const won = results.filter((result) => result.status === "fulfilled");
  expect(won.map((result) => result.value)).toEqual([await keys.get("one")]);
});

test("a destroyed key is gone, its octets overwritten, and destroying it again does nothing", async () => {
  const keys = await openSealingKeys(directory);
  const made = await keys.create("migration-1");
  // Another name for the same file shows what became of its octets.
  const witness = join(data, "witness");
  await link(join(directory, "migration-1"), witness);
  await keys.destroy("migration-1");
  expect(await keys.get("migration-1")).toBeNull();
  expect(await readdir(directory)).toEqual([]);
  expect(await readFile(witness)).not.toEqual(Buffer.from(made));
  await keys.destroy("migration-1");
});

test("what a crash left half-written is removed at the next opening and never served", async () => {
  await openSealingKeys(directory);
  await writeFile(join(directory, ".new-0123"), randomBytes(7));
  const keys = await openSealingKeys(directory);
  expect(await readdir(directory)).toEqual([]);
  await expect(keys.get(".new-0123")).rejects.toThrow("cannot name a key");
});

test("a crash between the two names of a new key leaves the key intact", async () => {
  const keys = await openSealingKeys(directory);
  const made = await keys.create("migration-1");
  await link(join(directory, "migration-1"), join(directory, ".new-0123"));
  const reopened = await openSealingKeys(directory);
  expect(await readdir(directory)).toEqual(["migration-1"]);
  expect(await reopened.get("migration-1")).toEqual(made);
});

test("a damaged file is told, not taken for a key", async () => {
  const keys = await openSealingKeys(directory);
  for (const octets of [0, 31, 33]) {
    await writeFile(join(directory, "damaged"), randomBytes(octets));
    await expect(keys.get("damaged")).rejects.toThrow("damaged");
  }
});

test("names that would lead elsewhere are refused", async () => {
  const keys = await openSealingKeys(directory);
  for (const name of ["", "../x", "a/b", "A", "-a", "a".repeat(101), "a\0"]) {
    await expect(keys.get(name)).rejects.toThrow("cannot name a key");
  }
});

test("a directory open to others is closed to them", async () => {
  await openSealingKeys(directory);
  {
    await using opened = await open(directory);
    await opened.chmod(0o755);
  }
  await openSealingKeys(directory);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});
