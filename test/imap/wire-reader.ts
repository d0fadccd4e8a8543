import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Answer, readAnswer } from "./wire-values.ts";

/** A client that takes nothing on trust: whatever is not as RFC 3501 writes it fails the test. */
export class WireReader implements Disposable {
  readonly #socket: Socket;
  #chunks: string[] = [];
  #arrived: () => void = () => undefined;
  #tags = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      this.#chunks.push(chunk);
      this.#arrived();
    });
    for (const event of ["close", "error"]) socket.on(event, () => this.#arrived());
  }

  /** Connects and reads the greeting. */
  static async connect(port: number): Promise<WireReader> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const reader = new WireReader(socket);
    await reader.#upTo("* OK ");
    return reader;
  }

  /** Sends a command and reads its answer, which must be OK unless told. */
  async command(text: string, result = /^OK /): Promise<Answer> {
    const tag = `t${++this.#tags}`;
    this.#socket.write(`${tag} ${text}\r\n`, "latin1");
    const octets = await this.#upTo(`${tag} `);
    const answer = readAnswer(octets, tag);
    if (!result.test(answer.result ?? "")) throw new Error(`${text.slice(0, 100)}: ${answer.result}`);
    return answer;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** Everything that comes up to a line that begins so. */
  async #upTo(lastLine: string): Promise<string> {
    for (;;) {
      const octets = this.#chunks.join("");
      this.#chunks = [octets];
      const lineEnd = octets.lastIndexOf("\r\n", octets.length - 3);
      if (octets.endsWith("\r\n") && octets.startsWith(lastLine, lineEnd < 0 ? 0 : lineEnd + 2)) {
        this.#chunks = [];
        return octets;
      }
      if (this.#socket.destroyed) throw new Error(`the connection was closed after ${octets.slice(-200)}`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}
