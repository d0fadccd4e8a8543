import type { OldServerSession } from "../old-server/old-server.ts";
import type { Copier } from "./copier.ts";
import type { ReadThrough } from "./read-through.ts";
import type { TransferTools } from "./transfer-tools.ts";

/** How long a round may take to come to a message boundary when everything has to stop, milliseconds. */
const graceAtStop = 3000;

/**
 * Ends the session while a round of the copier is on when it gives nothing although somebody waits, or when
 * everything has to stop and the message under way does not end soon.
 */
export async function watched(
  round: Promise<void>,
  watching: {
    readonly tools: Pick<TransferTools, "clock" | "limits">;
    readonly session: OldServerSession;
    readonly copier: Copier;
    readonly readThrough: ReadThrough;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { tools, session, copier, readThrough, signal } = watching;
  const over = new AbortController();
  const either = AbortSignal.any([over.signal, signal]);
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await tools.clock.wait(1000, either);
      if (signal.aborted) {
        await tools.clock.wait(graceAtStop, over.signal);
        if (!over.signal.aborted) session.abandon();
        return;
      }
      const last = Math.max(copier.lastProgress, readThrough.waitingSince);
      if (readThrough.size > 0 && tools.clock.now() - last > tools.limits.stall) {
        copier.broken ??= { scope: "connection", trouble: "timeout", reason: "the old server stalls" };
        session.abandon();
        return;
      }
    }
  };
  const ended = watch();
  try {
    await round;
  } finally {
    over.abort();
    await ended;
  }
}
