/** The metrics of how things stand: asked for when somebody scrapes. */
import { Gauge } from "prom-client";
import type { Figures } from "./figures.ts";
import type { Metrics } from "./metrics.ts";

export interface StateParts {
  readonly figures: Figures;
  /** Logged-in sessions by protocol. */
  readonly sessions: () => ReadonlyMap<string, number>;
  /** Whether the old server of each migrating domain is in trouble. */
  readonly oldServers: () => Promise<readonly { readonly domain: string; readonly isTroubled: boolean }[]>;
  /** When the certificate ends, epoch milliseconds; null without one. */
  readonly certificateEnds: () => number | null;
  /** Octets free where the data is. */
  readonly freeOctets: () => number;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Domains with a series of their own; the others are told together, as "other". */
const mostDomains = 50;

/** Adds them to what is told. */
export function watchState(metrics: Metrics, parts: StateParts): void {
  const { figures, sessions, oldServers, certificateEnds, freeOctets, version, now } = parts;
  const { register } = metrics;
  const gauge = (
    name: string,
    help: string,
    labelNames: readonly string[],
    collect: (gauge: Gauge) => void | Promise<void>,
  ): void => {
    // What is not told of any more must not stay what it was.
    const read = async function (this: Gauge): Promise<void> {
      this.reset();
      await collect(this);
    };
    new Gauge({
      name: `mailferry_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [register],
      collect: read,
    });
  };
  gauge("build_info", "The version that runs", ["version"], (one) => one.set({ version }, 1));
  gauge("queue_recipients", "Recipients in the queue, by state", ["state"], (one) => {
    const { deferred, due, underWay, held } = figures.queue(now());
    one.set({ state: "deferred" }, deferred);
    one.set({ state: "due" }, due);
    one.set({ state: "under-way" }, underWay);
    one.set({ state: "held" }, held);
  });
  gauge("queue_oldest_age_seconds", "Age of what has waited longest in the queue", [], (one) => {
    const { oldest } = figures.queue(now());
    one.set(oldest === null ? 0 : Math.max(0, (now() - oldest) / 1000));
  });
  gauge("transfers", "Mailboxes that came over, by state", ["domain", "state"], (one) => {
    const name = bounded();
    for (const { domain, state, mailboxes } of figures.transfers())
      one.inc({ domain: name(domain), state }, mailboxes);
  });
  gauge("transfer_bytes", "Octets listed on old servers, and of these here", ["domain", "part"], (one) => {
    const name = bounded();
    for (const { domain, octets, octetsHere } of figures.transfers()) {
      one.inc({ domain: name(domain), part: "listed" }, octets);
      one.inc({ domain: name(domain), part: "here" }, octetsHere);
    }
  });
  gauge("old_server_in_trouble", "1 while the old server is in trouble", ["domain"], async (one) => {
    const name = bounded();
    for (const { domain, isTroubled } of await oldServers())
      one.inc({ domain: name(domain) }, Number(isTroubled));
  });
  gauge("sessions", "Logged-in sessions, by protocol", ["protocol"], (one) => {
    for (const [protocol, count] of sessions()) one.set({ protocol }, count);
  });
  gauge("data_free_bytes", "Octets free where the data is", [], (one) => one.set(freeOctets()));
  gauge("certificate_expiry_timestamp_seconds", "When the TLS certificate ends", [], (one) => {
    const ends = certificateEnds();
    // Without a certificate there is nothing to alarm about.
    if (ends === null) one.remove();
    else one.set(ends / 1000);
  });
}

/** The label of a domain: its name, as long as there are not too many. */
function bounded(): (domain: string) => string {
  const named = new Set<string>();
  return (domain) => {
    if (named.has(domain)) return domain;
    if (named.size >= mostDomains) return "other";
    named.add(domain);
    return domain;
  };
}
