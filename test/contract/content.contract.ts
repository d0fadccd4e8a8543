/** Content from its staging to its end, quota and usage, as `mailbox/mail-store` and `mailbox/content` promise them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Folder } from "#mailbox/folder";
import type { ContentId, MailboxId } from "#mailbox/ids";
import {
  append,
  expectProblem,
  type Harness,
  inboxOf,
  newMailbox,
  type OpenHarness,
  octetsOf,
  plainFiling,
  readAll,
  sha256,
  staged,
  value,
} from "./harness.ts";

const kilobyte = 1024;

export function contentContract(open: OpenHarness): void {
  describe("content", () => {
    let store: Harness;
    let anna: MailboxId;
    let inbox: Folder;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      anna = await newMailbox(store);
      inbox = await inboxOf(store, anna);
    });

    it.each([0, 1, 5 * kilobyte, 32 * kilobyte, 33 * kilobyte, 300 * kilobyte, 5000 * kilobyte])(
      "of about %d octets comes back as it was, from any octet on, also later",
      async (size) => {
        const octets = size < 2 ? Buffer.alloc(size, "x") : octetsOf("large", size);
        const { content, size: told } = await append(store, inbox, octets);
        expect(told).toBe(octets.length);
        for (const _ of ["now", "later"]) {
          expect(sha256(await readAll(await store.mail.read(content)))).toBe(sha256(octets));
          for (const from of [1, size - 1, size, size + 1000].filter((at) => at > 0)) {
            const rest = await readAll(await store.mail.read(content, from));
            expect(sha256(rest)).toBe(sha256(octets.subarray(from)));
          }
          expect(await store.mail.facts(content)).toMatchObject({
            size: octets.length,
            sha256: sha256(octets),
          });
          await store.reopen();
        }
      },
    );

    it("keeps its facts as they were learnt", async () => {
      for (const size of [1, 100 * kilobyte]) {
        await using content = await staged(store.stage, octetsOf(`facts${size}`, size));
        const entry = value(await store.mail.append(inbox.id, content, plainFiling));
        expect(await store.mail.facts(entry.content)).toEqual(content.facts);
      }
    });

    it("keeps octets that are no text", async () => {
      const octets = Buffer.from("\0\xff\r\n.\r\n\n\r\xfe", "latin1");
      const { content } = await append(store, inbox, octets);
      expect(await readAll(await store.mail.read(content))).toEqual(octets);
    });

    it("that never was is not to be read", async () => {
      expect(await store.mail.read(4711 as ContentId)).toBeNull();
      expect(await store.mail.facts(4711 as ContentId)).toBeNull();
    });

    it.each([5 * kilobyte, 1000 * kilobyte])(
      "of %d octets can be taken by several, and each lets go of its own",
      async (size) => {
        const octets = octetsOf("many", size);
        const bob = await newMailbox(store);
        const content = await staged(store.stage, octets);
        const folders = [inbox, inbox, await inboxOf(store, bob)];
        const entries = [];
        for (const folder of folders) {
          entries.push(value(await store.mail.append(folder.id, content, plainFiling)));
        }
        await content[Symbol.asyncDispose]();
        const [first, second, third] = entries;
        if (!first || !second || !third) throw new Error("too few");
        value(await store.mail.expunge(inbox.id, [first.id]));
        await store.reopen();
        expect(await store.mail.read(first.content)).toBeNull();
        expect(sha256(await readAll(await store.mail.read(second.content)))).toBe(sha256(octets));
        value(await store.directory.removeMailbox(anna));
        await store.reopen();
        expect(sha256(await readAll(await store.mail.read(third.content)))).toBe(sha256(octets));
      },
    );

    it.each([5 * kilobyte, 1000 * kilobyte])(
      "of %d octets is read to its end although it was expunged meanwhile",
      async (size) => {
        const octets = octetsOf("read", size);
        const entry = await append(store, inbox, octets);
        const notBegun = await store.mail.read(entry.content);
        const begun = (await store.mail.read(entry.content))?.[Symbol.asyncIterator]();
        const chunks = [(await begun?.next())?.value];
        value(await store.mail.expunge(inbox.id, [entry.id]));
        // Whatever follows an expunge has had its time once another write is through.
        await append(store, inbox, octetsOf("next"));
        expect(await store.mail.read(entry.content)).toBeNull();
        for (let next = await begun?.next(); next && !next.done; next = await begun?.next()) {
          chunks.push(next.value);
        }
        expect(sha256(Buffer.concat(chunks.filter((chunk) => chunk !== undefined)))).toBe(sha256(octets));
        expect(sha256(await readAll(notBegun))).toBe(sha256(octets));
      },
    );

    it("that is not finished, or taken by nobody, leaves nothing", async () => {
      for (const size of [10, 1000 * kilobyte]) {
        await using writer = store.stage.begin();
        await writer.write(octetsOf("lost", size));
        expect(writer.size).toBe(octetsOf("lost", size).length);
        await using finished = await staged(store.stage, octetsOf("unwanted", size));
        expect(finished.facts.size).toBeGreaterThanOrEqual(size);
      }
      expect(await store.mail.usage(anna)).toEqual({ octets: 0, messages: 0, limit: null });
    });

    it("counts against the quota, to the octet", async () => {
      const octets = octetsOf("quota", 1000);
      value(await store.directory.setQuota(anna, 2 * octets.length));
      await append(store, inbox, octets);
      const second = await append(store, inbox, octets);
      await using third = await staged(store.stage, Buffer.from("x"));
      expectProblem(await store.mail.append(inbox.id, third, plainFiling), "over-quota");
      expect(await store.mail.usage(anna)).toEqual({
        octets: 2 * octets.length,
        messages: 2,
        limit: 2 * octets.length,
      });
      value(await store.mail.copy([second.id], inbox.id));
      await using large = await staged(store.stage, octetsOf("large", 100 * kilobyte));
      expectProblem(await store.mail.append(inbox.id, large, plainFiling), "over-quota");
      value(await store.directory.setQuota(anna, null));
      value(await store.mail.append(inbox.id, large, plainFiling));
    });

    it("lets no two writers past the quota together", async () => {
      const octets = octetsOf("race", 1000);
      value(await store.directory.setQuota(anna, 5 * octets.length));
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, async () => {
          await using content = await staged(store.stage, octets);
          return store.mail.append(inbox.id, content, plainFiling);
        }),
      );
      expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(5);
      expect(await store.mail.usage(anna)).toMatchObject({ octets: 5 * octets.length, messages: 5 });
    });
  });
}
