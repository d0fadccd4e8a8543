import type { Wire } from "#net/wire";
import { formatReply, type Reply } from "./reply.ts";

/** Enough to be worth a write of its own. */
const full = 16 * 1024;

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

  /** Writes what waits. To be called before anything that may wait for the client. */
  async flush(): Promise<void> {
    const waiting = this.#waiting;
    if (waiting === "") return;
    this.#waiting = "";
    await this.#wire.write(waiting);
  }
}
