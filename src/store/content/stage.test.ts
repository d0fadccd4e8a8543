import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ContentStage, StoreUnavailable } from "#mailbox/content";
import { inlineLimit, openStage } from "./stage.ts";

describe("the stage", () => {
  let spool: string;
  let stage: ContentStage;
  const files = () => readdir(spool);

  beforeEach(async () => {
    spool = await mkdtemp(join(tmpdir(), "mailferry-spool-"));
    await writeFile(join(spool, "left"), "by a crash");
    stage = await openStage(spool);
  });
  afterEach(() => rm(spool, { recursive: true, force: true }));

  it("is empty at first", async () => expect(await files()).toEqual([]));

  it("keeps small content in memory, in octets of its own", async () => {
    await using writer = stage.begin();
    const chunk = Buffer.from("a".repeat(inlineLimit / 2));
    for (const fill of ["x", "y"]) {
      await writer.write(chunk.fill(fill));
      chunk.fill("overwritten");
    }
    expect(writer.size).toBe(inlineLimit);
    await using content = await writer.finish();
    expect(content.facts.size).toBe(inlineLimit);
    if (content.body.kind !== "inline") throw new Error("it is in a file");
    const { octets } = content.body;
    expect(octets.buffer.byteLength).toBe(inlineLimit);
    expect(Buffer.from(octets).toString()).toBe("x".repeat(inlineLimit / 2) + "y".repeat(inlineLimit / 2));
    expect(await files()).toEqual([]);
  });

  it.each([[1], [1000], [70_000], [1_000_000]])(
    "writes large content to a file, in chunks of %d",
    async (size) => {
      const octets = Buffer.alloc(size === 1 ? inlineLimit + 1 : 1_000_000, "0123456789\r\n");
      await using writer = stage.begin();
      const chunk = new Uint8Array(size);
      for (let at = 0; at < octets.length; at += size) {
        const part = octets.subarray(at, at + size);
        chunk.set(part);
        await writer.write(chunk.subarray(0, part.length));
        chunk.fill(0);
      }
      {
        await using content = await writer.finish();
        expect(content.facts.size).toBe(octets.length);
        if (content.body.kind !== "file") throw new Error("it is in memory");
        expect((await readFile(content.body.path)).equals(octets)).toBe(true);
      }
      expect(await files()).toEqual([]);
    },
  );

  it("forgets what was not finished", async () => {
    {
      await using writer = stage.begin();
      await writer.write(new Uint8Array(inlineLimit + 1));
      expect(await files()).toHaveLength(1);
    }
    expect(await files()).toEqual([]);
  });

  it("takes nothing more once it is finished", async () => {
    await using writer = stage.begin();
    await writer.finish();
    await expect(writer.write(new Uint8Array(1))).rejects.toThrow("already");
    await expect(writer.finish()).rejects.toThrow("already");
  });

  it("says so when it cannot write, and never gives a part for the whole", async () => {
    await rm(spool, { recursive: true });
    await using writer = stage.begin();
    const tooLarge = new Uint8Array(inlineLimit + 1);
    await expect(writer.write(tooLarge)).rejects.toThrow(StoreUnavailable);
    await expect(writer.write(new Uint8Array(1))).rejects.toThrow(StoreUnavailable);
    await expect(writer.finish()).rejects.toThrow(StoreUnavailable);
  });
});
