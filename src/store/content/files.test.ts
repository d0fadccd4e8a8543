import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StoreUnavailable } from "#mailbox/content";
import { ContentFiles } from "./files.ts";

describe("ContentFiles", () => {
  let directory: string;
  let root: string;
  let staged: string;
  let files: ContentFiles;
  const octets = Buffer.alloc(300_000, "0123456789");

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "mailferry-files-"));
    staged = join(directory, "staged");
    root = join(directory, "content");
    await writeFile(staged, octets);
    files = new ContentFiles(root);
    await files.adopt(staged);
    await files.collectOrphans(() => new Set());
  });
  afterEach(() => rm(directory, { recursive: true }));

  const allNames = async () => {
    const found = await readdir(root, { recursive: true, withFileTypes: true });
    return found.filter((name) => name.isFile()).map((name) => name.name);
  };
  const adoptOne = async () => {
    const [name] = await files.adopt(staged);
    if (name === undefined) throw new Error("no name");
    return name;
  };
  const readAll = async (read: AsyncIterable<Uint8Array>) => {
    const chunks = [];
    for await (const chunk of read) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  it("gives a file a name for each owner, of the same octets, in one directory", async () => {
    const names = await files.adopt(staged, 3);
    expect(new Set(names).size).toBe(3);
    expect(new Set(names.map((name) => name.slice(0, 2))).size).toBe(1);
    for (const name of names) {
      expect(name).toMatch(/^[0-9a-f]{32}$/);
      expect((await stat(join(root, name.slice(0, 2), name))).ino).toBe((await stat(staged)).ino);
    }
    await files.remove(names.slice(1));
    expect(await allNames()).toEqual(names.slice(0, 1));
    expect((await readAll(files.read(names[0] ?? "", 299_990))).toString()).toBe("0123456789");
  });

  it("leaves no name when it cannot give all", async () => {
    await expect(files.adopt(join(directory, "missing"), 2)).rejects.toThrow(StoreUnavailable);
    await expect(files.copy("00missing")).rejects.toThrow(StoreUnavailable);
    expect(await allNames()).toEqual([]);
  });

  it("copies a name that is there", async () => {
    const name = await adoptOne();
    const copy = await files.copy(name);
    await files.remove([name]);
    expect((await readAll(files.read(copy, 0))).equals(octets)).toBe(true);
  });

  it("keeps a removed file until the last read has ended, in whatever way", async () => {
    const name = await adoptOne();
    const [whole, part, never] = [files.read(name, 0), files.read(name, 0), files.read(name, 0)];
    await files.remove([name]);
    for await (const chunk of part) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect((await readAll(whole)).equals(octets)).toBe(true);
    expect(await allNames()).toEqual([name]);
    expect(await readAll(never)).toHaveLength(octets.length);
    await expect.poll(allNames).toEqual([]);
  });

  it("collects what is not named", async () => {
    const kept = await adoptOne();
    for (let count = 0; count < 10; count++) await adoptOne();
    await writeFile(join(root, "README"), "not ours");
    const asked: string[] = [];
    const removed = await files.collectOrphans((beginning) => {
      asked.push(beginning);
      return new Set(kept.startsWith(beginning) ? [kept] : []);
    });
    expect(removed).toBe(10);
    expect(await allNames()).toEqual(expect.arrayContaining([kept, "README"]));
    expect(asked).toContain(kept.slice(0, 2));
  });
});
