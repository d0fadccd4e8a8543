import { expect, test } from "vitest";
import type { ContentId, MailboxId } from "#mailbox/ids";
import { done } from "#mailbox/problem";
import { domain } from "../../../test/migration/house.ts";
import type { KeptHere, MailboxReturn } from "./mailbox-return.ts";
import { sendAfter } from "./sending.ts";

const way = { mailbox: 1 as MailboxId, allFolders: false, startedAt: 10_000 } as MailboxReturn;
const inbox = { folder: "INBOX", specialUse: "inbox", isDeleted: false, internalDate: 2000 };

function world() {
  const kept: KeptHere[] = [];
  const sent: ContentId[] = [];
  return {
    sent,
    put(): void {
      const content = (kept.length + 1) as ContentId;
      const origin = {
        size: 9,
        messageId: `<${content}@${domain}>`,
        origin: "here",
        goneSince: null,
      } as const;
      kept.push({ content, ...origin, entries: [inbox], sent: null });
    },
    tools: {
      store: {
        contents: async (_: MailboxId, after: number, limit: number) =>
          kept.filter(({ content }) => content > after).slice(0, limit),
        send: async (_: MailboxReturn, { content }: { readonly content: ContentId }) => {
          sent.push(content);
          return done(true);
        },
      },
      read: async () =>
        (async function* () {
          yield Buffer.from("Subject: x\r\n\r\n");
        })(),
      clock: { now: () => 20_000 },
      limits: { goneFor: 900_000 },
    } as unknown as Parameters<typeof sendAfter>[0],
  };
}

test("a second pass over the mailbox sends what landed behind the first, and nothing twice", async () => {
  const { tools, sent, put } = world();
  for (let n = 0; n < 3; n++) put();
  const first = await sendAfter(tools, way, 1000, 2);
  expect([first.queued, first.isAll, sent]).toEqual([2, false, [1, 2]]);
  const rest = await sendAfter(tools, way, 1000, 2, first.at);
  expect([rest.queued, rest.isAll, sent]).toEqual([1, true, [1, 2, 3]]);
  put();
  const second = await sendAfter(tools, way, 1000, 2, rest.at);
  expect([second.queued, second.isAll, sent]).toEqual([1, true, [1, 2, 3, 4]]);
  expect((await sendAfter(tools, way, 1000, 2, second.at)).queued).toBe(0);
});
