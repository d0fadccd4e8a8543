/**
 * An old server that is in trouble is left in peace, and nobody waits long to be told so. Trouble is believed when
 * several people in a row met it: one person's program that fails again and again stops nobody else.
 */
import type { Clock } from "#jobs/clock";
import type { Log } from "#observe/log";
import { serverKey } from "./connections.ts";
import type { Credentials, OldServer, OldServerAddress, Trouble, Verdict } from "./old-server.ts";

/** What is the server's own trouble. The rest is about one maildrop, or about too many logins. */
const serversOwn: ReadonlySet<Trouble> = new Set(["down", "timeout", "tls", "protocol", "dropped"]);
/** So many different people. */
const enough = 3;
/** Failures are forgotten after this. Milliseconds. */
const memory = 60_000;
/** While it is in trouble one login in so many milliseconds goes through, to see whether it is over. */
const betweenProbes = 15_000;

interface Circuit {
  /** Who met trouble when, since the last login that the server answered. */
  readonly failures: Map<string, number>;
  /** Null while logins go through. */
  open: { readonly since: number; nextProbe: number; trouble: Trouble; reason: string } | null;
}

export class CircuitBreaker implements OldServer {
  readonly #oldServer: OldServer;
  readonly #clock: Pick<Clock, "now">;
  readonly #log: Log;
  readonly #circuits = new Map<string, Circuit>();

  constructor(oldServer: OldServer, clock: Pick<Clock, "now">, log: Log) {
    this.#oldServer = oldServer;
    this.#clock = clock;
    this.#log = log;
  }

  /** Since when a server has been in trouble, and which; null when it is not. */
  trouble(
    server: Pick<OldServerAddress, "host" | "port">,
  ): { readonly since: number; readonly reason: string } | null {
    return this.#circuits.get(serverKey(server))?.open ?? null;
  }

  async login(server: OldServerAddress, credentials: Credentials, signal: AbortSignal): Promise<Verdict> {
    const circuit = this.#circuitOf(server);
    const { open } = circuit;
    if (open) {
      const now = this.#clock.now();
      if (now < open.nextProbe) {
        const { trouble, reason } = open;
        return { verdict: "cannot-tell", trouble, reason: `the old server is in trouble: ${reason}` };
      }
      open.nextProbe = now + betweenProbes;
    }
    const verdict = await this.#oldServer.login(server, credentials, signal);
    this.#learn(circuit, server, credentials.address, verdict);
    return verdict;
  }

  #learn(circuit: Circuit, server: OldServerAddress, address: string, verdict: Verdict): void {
    if (verdict.verdict !== "cannot-tell" || !serversOwn.has(verdict.trouble)) {
      circuit.failures.clear();
      if (circuit.open) this.#log.info({ server: serverKey(server) }, "the old server answers again");
      circuit.open = null;
      return;
    }
    const { trouble, reason } = verdict;
    const now = this.#clock.now();
    if (circuit.open) {
      circuit.open.trouble = trouble;
      circuit.open.reason = reason;
      return;
    }
    for (const [who, when] of circuit.failures) if (now - when > memory) circuit.failures.delete(who);
    circuit.failures.set(address, now);
    if (circuit.failures.size < enough) return;
    circuit.open = { since: now, nextProbe: now + betweenProbes, trouble, reason };
    this.#log.warn({ server: serverKey(server), trouble, reason }, "the old server is in trouble");
  }

  #circuitOf(server: OldServerAddress): Circuit {
    const key = serverKey(server);
    const circuit = this.#circuits.get(key) ?? { failures: new Map(), open: null };
    this.#circuits.set(key, circuit);
    return circuit;
  }
}
