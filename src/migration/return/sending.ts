/** Gives what goes back with somebody to the queue, each message once, however often it is begun again. */
import { BelowTraceReader, deliveryLength } from "#mail/below-trace";
import { goneBefore } from "./choice.ts";
import type { KeptHere, MailboxReturn } from "./mailbox-return.ts";
import { atTheStart, type Beginning, choices } from "./plan.ts";
import type { ToSend } from "./return-store.ts";
import type { ReturnTools } from "./return-tools.ts";

/** How far a mailbox was gone through. */
export interface Sent {
  /** Given to the queue by this call. */
  readonly queued: number;
  /** Nothing is left to be given. */
  readonly isAll: boolean;
  /** Where to go on. */
  readonly at: Beginning;
}

/**
 * @param movedAt when the move of the mailbox began, epoch milliseconds
 * @param most messages
 */
export async function sendAfter(
  tools: Pick<ReturnTools, "store" | "read" | "clock" | "limits">,
  way: MailboxReturn,
  movedAt: number,
  most: number,
  beginning = atTheStart,
): Promise<Sent> {
  const { store, clock, limits } = tools;
  const { mailbox, allFolders } = way;
  const rules = { allFolders, movedAt, goneBefore: goneBefore(way, limits.goneFor) };
  let at = beginning;
  let queued = 0;
  for await (const { message, why } of choices(store, mailbox, rules, beginning)) {
    if (why === null) {
      if (queued === most) return { queued, isAll: false, at };
      const toSend = await measure(tools, message);
      const sent = toSend && (await store.send(way, toSend, clock.now()));
      if (sent?.ok && sent.value) queued++;
    }
    at = { after: message.content, isFirst: at.isFirst && message.origin !== "here" };
  }
  return { queued, isAll: true, at };
}

/** Reads a message once; null when it is gone. */
async function measure(
  { read }: Pick<ReturnTools, "read">,
  { content, messageId }: KeptHere,
): Promise<ToSend | null> {
  const octets = await read(content);
  if (!octets) return null;
  const reader = new BelowTraceReader();
  for await (const chunk of octets) reader.write(chunk);
  const { sha256, header, size, isEightBit } = reader.finish();
  return { content, skipped: deliveryLength(header), size, isEightBit, sha256, messageId };
}
