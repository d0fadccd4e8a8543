/** A line to an old server that counts what goes over it. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class CountingLine implements AsyncDisposable {
  /** Octets from the old server so far. */
  octets = 0;
  /** Connections now, and the most at once. */
  open = 0;
  mostOpen = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(port: number) {
    this.#server = createServer({ noDelay: true }, (near) => {
      this.mostOpen = Math.max(this.mostOpen, ++this.open);
      const far = connect({ host: "127.0.0.1", port, noDelay: true });
      far.on("data", (chunk: Buffer) => {
        this.octets += chunk.length;
      });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      near.on("close", () => this.open--);
    });
  }

  /** A line to this port of the loopback. */
  static async to(port: number): Promise<CountingLine> {
    const line = new CountingLine(port);
    line.#server.listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
