import type { SmtpClient } from "./smtp-client.ts";

/** How many idle connections are kept, and how long. */
export interface SmtpPoolLimits {
  readonly perPeer: number;
  readonly total: number;
  readonly idleMilliseconds: number;
  /** Transactions after which a connection is given up: some servers stop at a hundred. */
  readonly transactions: number;
}

/** Polite to the other side: its slots are not held much longer than they are of use. */
export const poolLimits: SmtpPoolLimits = {
  perPeer: 10,
  total: 50,
  idleMilliseconds: 8000,
  transactions: 100,
};

/** Connections between two messages. The key must tell everything that makes them alike: peer and policy. */
export class SmtpPool implements AsyncDisposable {
  readonly #limits: SmtpPoolLimits;
  readonly #idle = new Map<string, Map<SmtpClient, NodeJS.Timeout>>();
  #count = 0;
  readonly #closing = new Set<Promise<void>>();
  #isOpen = true;

  constructor(limits: SmtpPoolLimits = poolLimits) {
    this.#limits = limits;
  }

  /** An idle connection, the one that was used last; it is the caller's until it is given back or closed. */
  take(key: string): SmtpClient | null {
    const clients = this.#idle.get(key);
    const client = [...(clients?.keys() ?? [])].at(-1);
    if (!client) return null;
    this.#remove(key, client);
    return client;
  }

  /** Gives a connection back; what cannot be used again is closed. */
  give(key: string, client: SmtpClient): void {
    const clients = this.#idle.get(key) ?? new Map<SmtpClient, NodeJS.Timeout>();
    const isFull = clients.size >= this.#limits.perPeer || this.#count >= this.#limits.total;
    const isUsable = client.isOpen && client.transactions < this.#limits.transactions;
    if (!this.#isOpen || isFull || !isUsable) {
      this.#close(client);
      return;
    }
    const timer = setTimeout(() => {
      this.#remove(key, client);
      this.#close(client);
    }, this.#limits.idleMilliseconds);
    clients.set(client, timer.unref());
    this.#idle.set(key, clients);
    this.#count++;
  }

  /** Closes what is idle; what is in use is closed when it is given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    for (const [key, clients] of [...this.#idle]) {
      for (const client of [...clients.keys()]) {
        this.#remove(key, client);
        this.#close(client);
      }
    }
    await Promise.all(this.#closing);
  }

  #remove(key: string, client: SmtpClient): void {
    const clients = this.#idle.get(key);
    const timer = clients?.get(client);
    if (!clients || timer === undefined) return;
    clearTimeout(timer);
    clients.delete(client);
    this.#count--;
    if (clients.size === 0) this.#idle.delete(key);
  }

  #close(client: SmtpClient): void {
    const closing: Promise<void> = client[Symbol.asyncDispose]().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
