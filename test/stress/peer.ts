import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** An answer that cannot be true if an earlier one was. */
export class Contradiction extends Error {
  constructor(text: string) {
    super(text);
    this.name = "Contradiction";
  }
}

/** Lines of a transcript that are kept, and how much of each. */
const keptLines = 80;
const keptOctets = 300;

/** One connection: responses as they come, each whole, and the last that was said. */
export class Peer implements Disposable {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  readonly #chunks: string[] = [];
  #text = "";
  #arrived: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      this.#chunks.push(chunk);
      this.#arrived();
    });
    for (const event of ["close", "error"]) socket.on(event, () => this.#arrived());
  }

  static async connect(port: number): Promise<Peer> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new Peer(socket);
  }

  /** What was said lately, theirs and ours. */
  get transcript(): string {
    return this.#lines.join("\n");
  }

  send(octets: string): void {
    this.#note("C", octets.trimEnd());
    this.#socket.write(octets, "latin1");
  }

  /** The next response with its literals, without its line end. */
  async response(): Promise<string> {
    let searched = 0;
    for (;;) {
      const end = this.#text.indexOf("\r\n", searched);
      if (end < 0) {
        await this.#more();
        continue;
      }
      const literal = /\{(\d+)\}$/.exec(this.#text.slice(Math.max(searched, end - 20), end));
      if (literal) {
        searched = end + 2 + Number(literal[1]);
        while (this.#text.length < searched) await this.#more();
        continue;
      }
      const response = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      this.#note("S", response);
      return response;
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #more(): Promise<void> {
    while (this.#chunks.length === 0) {
      if (this.#socket.destroyed) throw new Contradiction("the connection was closed");
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    this.#text += this.#chunks.splice(0).join("");
  }

  #note(who: string, text: string): void {
    const shown = text.length > keptOctets ? `${text.slice(0, keptOctets)} ...(${text.length})` : text;
    this.#lines.push(`${who}: ${shown}`);
    if (this.#lines.length > keptLines) this.#lines.shift();
  }
}
