import type { Wire } from "#net/wire";
import { formatReply, type Reply } from "./reply.ts";

/** Octets that are worth a write of their own. */
const full = 16 * 1024;
/** An answer that takes longer does not hold back the replies before it. */
const holdBackMilliseconds = 10;

/** Collects the replies to pipelined commands (RFC 2920 §3.2), so that they go out in few writes. */
export class ReplyWriter {
  readonly #wire: Wire;
  #waiting = "";

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Takes a reply; it goes out now or with the next `flush`. */
  async add(reply: Reply): Promise<void> {
    this.#waiting += formatReply(reply);
    if (this.#waiting.length >= full) await this.flush();
  }

  /** Waits for an answer, and lets the replies before it go out if it takes a while (asking the old server does). */
  async while<T>(answering: Promise<T>): Promise<T> {
    if (this.#waiting !== "" && !(await settlesSoon(answering))) {
      // Also when the client has gone: what is being stored must not be taken away under the store's hands.
      const [, flushed] = await Promise.allSettled([answering, this.flush()]);
      if (flushed.status === "rejected") throw flushed.reason;
    }
    return await answering;
  }

  /** Writes what waits. To be called before anything that may wait for the client. */
  async flush(): Promise<void> {
    const waiting = this.#waiting;
    if (waiting === "") return;
    this.#waiting = "";
    await this.#wire.write(waiting);
  }
}

async function settlesSoon(promise: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), holdBackMilliseconds);
  try {
    return await Promise.race([promise.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
