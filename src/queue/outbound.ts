import type { QueueStore } from "./queue-store.ts";

/**
 * Recipients that wait for a remote domain, piped or relayed, held ones too: what a migration asks before it
 * ends (`#migration/outbound`), and whoever removes the domain.
 */
export async function waitingFor(store: Pick<QueueStore, "totals">, route: string): Promise<number> {
  const totals = await store.totals();
  return totals.filter(({ via }) => via.to === route).reduce((sum, { recipients }) => sum + recipients, 0);
}

const page = 1000;

/** Recipients with an address in a local domain that wait to be piped, whatever the route, held ones too. */
export async function waitingOf(store: Pick<QueueStore, "list">, domain: string): Promise<number> {
  let waiting = 0;
  for (let after = ""; ; ) {
    const recipients = await store.list(after, page);
    const piped = recipients.filter(
      ({ via, address }) => via.kind === "pipe" && domainOf(address) === domain,
    );
    waiting += piped.length;
    const last = recipients.at(-1);
    if (!last || recipients.length < page) return waiting;
    after = last.id;
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}
