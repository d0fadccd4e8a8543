import type { QueueServices } from "./services.ts";

const firstWait = 250;
const longestWait = 30_000;

/**
 * Writes what has happened, again and again while the store cannot take it: what is known of a delivery must
 * not be forgotten while the program runs. Throws the store's last error once the signal aborts; the start after
 * that finds the attempt unfinished (`QueueStore.recover`).
 */
export async function persist(
  services: Pick<QueueServices, "clock" | "log">,
  write: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let wait = firstWait; ; wait = Math.min(longestWait, wait * 2)) {
    try {
      await write();
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      services.log.error({ error }, "the queue could not be written and is tried again");
      await services.clock.wait(wait, signal);
    }
  }
}
