/** How far somebody's own move is, as far as it concerns them: no words of the old server, no other person. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Transfer } from "#migration/migration";
import { answers } from "../routes.ts";

const moveSchema = z.object({
  /**
   * preparing: the old mailbox is being listed. at-home: there is no old mail to bring. returned: the mail is on the
   * old server again. The others are those of the transfer (migration/migration).
   */
  state: z.enum([
    "preparing",
    "at-home",
    "copying",
    "following",
    "settled",
    "waiting",
    "needs-password",
    "paused",
    "returned",
  ]),
  /** Listed on the old server and wanted, and of these already here. */
  messages: z.number(),
  messagesHere: z.number(),
  octets: z.number(),
  octetsHere: z.number(),
  /** Seconds left at the pace of the last minute; null: not known. */
  remaining: z.number().nullable(),
  /** When the old server was last found to have nothing new. */
  checked: z.string().nullable(),
  startedAt: z.string().nullable(),
  /** Octets in the mailbox here, and how many it may hold; null: no limit. */
  used: z.number(),
  quota: z.number().nullable(),
});
export type MyMoveView = z.output<typeof moveSchema>;

export const showMove = createRoute({
  method: "get",
  path: "/move",
  ...answers("How far the move of your mailbox is", moveSchema),
});

const none = { messages: 0, messagesHere: 0, octets: 0, octetsHere: 0, remaining: null, checked: null };

/** What is told while there is no mailbox, or one without a transfer. */
export function withoutTransfer(
  state: "preparing" | "at-home" | "returned",
  used = 0,
  quota: number | null = null,
): MyMoveView {
  return { ...none, state, startedAt: null, used, quota };
}

/** @param rate octets a second; null when nothing is being copied */
export function moveView(
  transfer: Transfer,
  rate: number | null,
  used: number,
  quota: number | null,
): MyMoveView {
  const { state, messages, messagesHere, octets, octetsHere, lastSweep, startedAt } = transfer;
  const left = Math.max(0, octets - octetsHere);
  return {
    state,
    messages,
    messagesHere: Math.min(messagesHere, messages),
    octets,
    octetsHere: Math.min(octetsHere, octets),
    remaining: rate !== null && rate > 0 && left > 0 ? left / rate : null,
    checked: lastSweep === null ? null : new Date(lastSweep).toISOString(),
    startedAt: new Date(startedAt).toISOString(),
    used,
    quota,
  };
}
