import type { Socket } from "node:net";

/** Lines of a socket, as they come; bare LF ends a line too. */
export class SocketReader {
  readonly #socket: Socket;
  #rest = "";
  #isOver = false;
  #wake: () => void = () => undefined;
  readonly #take = (chunk: Buffer): void => {
    this.#rest += chunk.toString("latin1");
    this.#wake();
  };
  readonly #stop = (): void => {
    this.#isOver = true;
    this.#wake();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", this.#take);
    socket.once("end", this.#stop);
    socket.once("close", this.#stop);
  }

  /** The next line, octets as latin1, without its end; null when the other side is gone. */
  async line(): Promise<string | null> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end).replace(/\r$/, "");
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Throws away what came and was not read. */
  forget(): void {
    this.#rest = "";
  }

  /** Reads no more: somebody else does. */
  leave(): void {
    this.#socket.off("data", this.#take);
    this.#socket.off("end", this.#stop);
  }
}
