import { setTimeout as sleep } from "node:timers/promises";

/** Asks again every 200 ms until `attempt` does not throw; after `limit` milliseconds its last error is thrown. */
export async function eventually<Answer>(attempt: () => Promise<Answer>, limit = 60_000): Promise<Answer> {
  const deadline = Date.now() + limit;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
