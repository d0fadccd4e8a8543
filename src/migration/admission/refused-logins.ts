/**
 * Logins that the old server refused, in the audit record: the first of an address from a network at once, the
 * others of the hour as one figure. However many guess, the record grows by a bounded number an hour.
 */
import { addressGroup } from "#net/limits";
import type { AuditTrail } from "#observe/audit";

const hour = 3_600_000;
/** Addresses and networks of which each has records of its own within an hour. */
const mostNamed = 50;

export interface RefusedLogin {
  readonly address: string;
  readonly domain: string;
  readonly peerAddress: string;
  readonly protocol?: string;
}

export class RefusedLogins {
  readonly #trail: Pick<AuditTrail, "recordSoon">;
  /** Epoch milliseconds. */
  readonly #now: () => number;
  #since = 0;
  /** How often each was refused since then, and the last of them. */
  #named = new Map<string, { times: number; last: RefusedLogin }>();
  #others = 0;

  constructor(trail: Pick<AuditTrail, "recordSoon">, now: () => number) {
    this.#trail = trail;
    this.#now = now;
  }

  /** One was refused. */
  note(login: RefusedLogin): void {
    if (this.#now() - this.#since >= hour) this.summarise();
    const key = `${login.address} ${addressGroup(login.peerAddress)}`;
    const known = this.#named.get(key);
    if (known) {
      known.times++;
      known.last = login;
    } else if (this.#named.size < mostNamed) {
      this.#named.set(key, { times: 1, last: login });
      this.#record(login, 1);
    } else this.#others++;
  }

  /** Records what was only counted, and begins another hour. */
  summarise(): void {
    for (const { times, last } of this.#named.values()) {
      if (times > 1) this.#record(last, times - 1);
    }
    if (this.#others > 0) {
      this.#trail.recordSoon({
        at: this.#now(),
        kind: "login-refused",
        actor: "person",
        remote: null,
        domain: null,
        object: "others",
        outcome: "refused",
        details: { times: this.#others, since: new Date(this.#since).toISOString() },
      });
    }
    this.#since = this.#now();
    this.#named = new Map();
    this.#others = 0;
  }

  #record({ address, domain, peerAddress, protocol }: RefusedLogin, times: number): void {
    this.#trail.recordSoon({
      at: this.#now(),
      kind: "login-refused",
      actor: "person",
      remote: peerAddress,
      domain,
      object: address,
      outcome: "refused",
      details: { protocol: protocol ?? null, times, by: "the old server" },
    });
  }
}
