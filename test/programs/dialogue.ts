/** What the small mail programs of the tests share: a socket read by lines and by terminators. */
import { connect, type Socket } from "node:net";

export class Dialogue {
  readonly #socket: Socket;
  readonly #octets: AsyncIterator<Buffer>;
  #rest = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.on("error", () => this.#socket.destroy());
    this.#octets = this.#socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  say(line: string | Uint8Array): void {
    this.#socket.write(line);
  }

  async line(): Promise<string> {
    return (await this.until("\r\n")).toString("latin1").slice(0, -2);
  }

  /** The octets up to and with a terminator. Throws when the server hangs up before. */
  async until(end: string): Promise<Buffer> {
    const parts: Buffer[] = [this.#rest];
    /** What was read so far ends with this, which may be the beginning of the terminator. */
    let tail = this.#rest;
    for (;;) {
      if (tail.indexOf(end) >= 0) {
        const all = Buffer.concat(parts);
        const at = all.indexOf(end) + end.length;
        this.#rest = all.subarray(at);
        return all.subarray(0, at);
      }
      const next = await this.#octets.next();
      if (next.done) throw new Error("the server hung up");
      parts.push(next.value);
      tail = Buffer.concat([tail.subarray(-end.length), next.value]);
    }
  }

  /** Puts octets back that were read. */
  unread(octets: Buffer): void {
    this.#rest = Buffer.concat([octets, this.#rest]);
  }

  close(): void {
    this.#socket.destroy();
  }
}
