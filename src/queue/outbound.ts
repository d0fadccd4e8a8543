import type { QueueStore } from "./queue-store.ts";

/**
 * Recipients that wait for a remote domain, piped or relayed, held ones too: what a migration asks before it
 * ends (`#migration/outbound`), and whoever removes the domain.
 */
export async function waitingFor(store: Pick<QueueStore, "totals">, route: string): Promise<number> {
  const totals = await store.totals();
  return totals.filter(({ via }) => via.to === route).reduce((sum, { recipients }) => sum + recipients, 0);
}
