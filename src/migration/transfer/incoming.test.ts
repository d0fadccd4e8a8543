import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ContentStage, StoreUnavailable } from "#mailbox/content";
import { memoryStage } from "../../../test/migration/memory-stage.ts";
import { type Fetched, IncomingMessage } from "./incoming.ts";
import { Slab } from "./slab.ts";

const quiet = (): void => undefined;

function octetsOf({ content }: Fetched): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return content.body.kind === "inline" ? content.body.octets : new Uint8Array();
}

describe("a message on its way", () => {
  test("comes out as it went in, small or large, however it is cut and whatever was expected", async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 12 });
    const property = fc.asyncProperty(chunks, fc.nat({ max: 20_000 }), async (parts, expected) => {
      const incoming = new IncomingMessage(memoryStage, 8000, expected, quiet);
      for (const part of parts) {
        const shared = Uint8Array.from(part);
        await incoming.write(shared);
        // The buffer belongs to the wire, which goes on with it.
        shared.fill(0);
      }
      await using fetched = await incoming.finish();
      const whole = Buffer.concat(parts);
      expect(Buffer.from(octetsOf(fetched)).equals(whole)).toBe(true);
      expect(fetched.size).toBe(whole.length);
      expect(fetched.sha256()).toBe(createHash("sha256").update(whole).digest("hex"));
      expect(fetched.content instanceof Uint8Array).toBe(whole.length <= 8000);
      const { beginning } = fetched;
      expect(Buffer.from(beginning).equals(whole.subarray(0, beginning.length))).toBe(true);
      expect(beginning.length).toBeGreaterThanOrEqual(Math.min(whole.length, 8000 - 3000));
    });
    await fc.assert(property);
  });

  test("a small one takes a part of a slab, of its listed size, and is counted with all that it takes", async () => {
    const slab = new Slab();
    for (const [listed, size] of [
      [100, 100],
      [3000, 100],
      [100, 5000],
      [0, 100],
    ] as const) {
      const incoming = new IncomingMessage(memoryStage, 8000, listed, quiet, slab);
      const octets = randomBytes(size);
      await incoming.write(octets);
      const fetched = await incoming.finish();
      if (!(fetched.content instanceof Uint8Array)) throw new Error("not in memory");
      expect(octets.equals(fetched.content)).toBe(true);
      expect(fetched.inMemory).toBeGreaterThanOrEqual(Math.max(listed, size));
    }
  });

  test("a full disk is told at the end, and nothing stays behind", async () => {
    let open = 0;
    const full: ContentStage = {
      begin() {
        open++;
        const writer = memoryStage.begin();
        return {
          get size() {
            return writer.size;
          },
          async write(chunk) {
            if (writer.size > 10_000) throw new StoreUnavailable("the disk is full");
            await writer.write(chunk);
          },
          finish: () => writer.finish(),
          async [Symbol.asyncDispose]() {
            open--;
          },
        };
      },
    };
    const incoming = new IncomingMessage(full, 100, 0, quiet);
    for (let n = 0; n < 30; n++) await incoming.write(randomBytes(1000));
    await expect(incoming.finish()).rejects.toThrow(StoreUnavailable);
    expect(open).toBe(0);
  });

  test("one that never becomes whole leaves nothing", async () => {
    let open = 0;
    const counting: ContentStage = {
      begin() {
        open++;
        return {
          ...memoryStage.begin(),
          write: async () => undefined,
          async [Symbol.asyncDispose]() {
            open--;
          },
        };
      },
    };
    const incoming = new IncomingMessage(counting, 100, 0, quiet);
    await incoming.write(randomBytes(1000));
    expect(open).toBe(1);
    await incoming.abandon();
    expect(open).toBe(0);
  });
});
