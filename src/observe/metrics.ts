/**
 * The metrics: what happened since the program started, one function per thing that happens, for Prometheus. No label
 * ever holds an address, or anything else that whoever sends mail can choose.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { MailFlow } from "./mail-flow.ts";

/** Why a recipient was refused, in a few classes. */
export type RefusalReason = "unknown" | "relaying" | "full" | "old-server" | "policy" | "other";

export class Metrics {
  readonly register = new Registry();
  readonly #flow: MailFlow;
  readonly #received = this.#counter("messages_received_total", "Messages taken, by the way they came", [
    "way",
  ]);
  readonly #delivered = this.#counter(
    "recipients_delivered_total",
    "Recipients that have their mail: in a mailbox here, on the old server behind a pipe, at another server",
    ["way"],
  );
  readonly #refused = this.#counter("recipients_refused_total", "Recipients refused, or put off, at RCPT", [
    "reason",
    "permanent",
  ]);
  readonly #attempts = this.#counter(
    "delivery_attempts_total",
    "Attempts to deliver a recipient elsewhere, by what came of them",
    ["way", "outcome"],
  );
  readonly #logins = this.#counter("logins_total", "Logins, by protocol and what came of them", [
    "protocol",
    "outcome",
  ]);
  readonly #firstLogins = this.#counter(
    "first_logins_total",
    "Logins that the old server judged, of people who had not come yet",
    ["outcome"],
  );
  readonly #connections = new Gauge({
    name: "mailferry_connections",
    help: "Open connections, by listener",
    labelNames: ["listener"],
    registers: [this.register],
  });
  readonly #copied = this.#counter(
    "old_server_received_bytes_total",
    "Octets of messages and listings that came from old servers",
  );
  readonly #oldLogins = this.#counter(
    "old_server_logins_total",
    "Logins at old servers, by what came of them: good, bad, or the kind of trouble",
    ["outcome"],
  );
  readonly #visits = this.#counter("sweeps_total", "Sessions with old maildrops, by how they ended", ["end"]);
  readonly #commits = this.#counter("store_commits_total", "Transactions that the store committed");
  readonly #writes = new Histogram({
    name: "mailferry_store_write_seconds",
    help: "How long a write took from being asked for until it was durable",
    labelNames: ["lane"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.register],
  });
  readonly #failedWrites = this.#counter("store_failures_total", "Writes that the store could not do");

  constructor(flow: MailFlow) {
    this.#flow = flow;
    collectDefaultMetrics({ register: this.register });
    for (const way of ["smtp", "submission"]) this.#received.inc({ way }, 0);
    for (const way of ["local", "pipe", "relay"]) this.#delivered.inc({ way }, 0);
  }

  /** A message was taken, and `local` of its recipients have it already. */
  messageReceived(way: "smtp" | "submission", local: number): void {
    this.#received.inc({ way });
    this.#flow.note("received");
    if (local > 0) this.deliveredHere(local);
  }

  /** So many recipients have their mail in a mailbox here. */
  deliveredHere(recipients = 1): void {
    this.#delivered.inc({ way: "local" }, recipients);
    this.#flow.note("delivered", recipients);
  }

  recipientRefused(reason: RefusalReason, isPermanent: boolean): void {
    this.#refused.inc({ reason, permanent: String(isPermanent) });
    this.#flow.note("refused");
  }

  /** What an attempt at another server came to, for one recipient. */
  attempted(way: "pipe" | "relay", outcome: "delivered" | "deferred" | "failed"): void {
    this.#attempts.inc({ way, outcome });
    if (outcome !== "delivered") return;
    this.#delivered.inc({ way });
    this.#flow.note(way === "pipe" ? "piped" : "relayed");
  }

  loggedIn(protocol: string, outcome: "welcome" | "refused" | "try-later"): void {
    this.#logins.inc({ protocol, outcome });
  }

  firstLogin(outcome: "admitted" | "refused" | "cannot-tell"): void {
    this.#firstLogins.inc({ outcome });
  }

  /** A connection is open until what is returned is disposed of. */
  connected(listener: string): Disposable {
    this.#connections.inc({ listener });
    return { [Symbol.dispose]: () => this.#connections.dec({ listener }) };
  }

  cameFromOldServer(octets: number): void {
    this.#copied.inc(octets);
  }

  /** "good", "bad", or the kind of trouble: a closed set. */
  oldServerLogin(outcome: string): void {
    this.#oldLogins.inc({ outcome });
  }

  visited(end: "complete" | "yielded" | "broken"): void {
    this.#visits.inc({ end });
  }

  committed(): void {
    this.#commits.inc();
  }

  /** @param seconds from being asked for until it was durable, or had failed */
  written(lane: string, seconds: number, isDone: boolean): void {
    if (isDone) this.#writes.observe({ lane }, seconds);
    else this.#failedWrites.inc();
  }

  /** Everything in the text format of Prometheus. */
  async text(): Promise<string> {
    return await this.register.metrics();
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `mailferry_${name}`, help, labelNames, registers: [this.register] });
  }
}
