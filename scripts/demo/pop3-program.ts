/** A person's mail program, as small as can be: it logs in, lists, fetches, quits. No code of the server in it. */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";

/** One message of a listing. */
export interface Listed {
  readonly number: number;
  readonly uidl: string;
}

export class Pop3Program implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #octets: AsyncIterator<Buffer>;
  #rest = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#octets = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Throws with the server's words when it says no. */
  static async login(port: number, name: string, password: string): Promise<Pop3Program> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    const program = new Pop3Program(socket);
    await program.#reply();
    await program.#ask(`USER ${name}`);
    await program.#ask(`PASS ${password}`);
    return program;
  }

  async list(): Promise<readonly Listed[]> {
    await this.#ask("UIDL");
    const lines = (await this.#body()).toString("latin1").split("\r\n").slice(0, -1);
    return lines.map((line) => {
      const [number = "", uidl = ""] = line.split(" ");
      return { number: Number(number), uidl };
    });
  }

  async retrieve(number: number): Promise<Buffer> {
    await this.#ask(`RETR ${number}`);
    return await this.#body();
  }

  /** The SHA-256 of every message, in order. */
  async hashes(): Promise<readonly string[]> {
    const hashes: string[] = [];
    for (const { number } of await this.list()) hashes.push(sha256(await this.retrieve(number)));
    return hashes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ask("QUIT").catch(() => undefined);
    this.#socket.destroy();
  }

  async #ask(command: string): Promise<string> {
    this.#socket.write(`${command}\r\n`);
    return await this.#reply();
  }

  async #reply(): Promise<string> {
    const line = (await this.#until("\r\n")).toString("latin1");
    if (!line.startsWith("+OK")) throw new Error(line.trimEnd());
    return line;
  }

  async #body(): Promise<Buffer> {
    if (this.#rest.length < 3) await this.#more();
    if (this.#rest.subarray(0, 3).toString() === ".\r\n") {
      this.#rest = this.#rest.subarray(3);
      return Buffer.alloc(0);
    }
    const stuffed = (await this.#until("\r\n.\r\n")).subarray(0, -3).toString("latin1");
    return Buffer.from(stuffed.replace(/^\.\./, ".").replaceAll("\r\n..", "\r\n."), "latin1");
  }

  async #until(end: string): Promise<Buffer> {
    for (;;) {
      const at = this.#rest.indexOf(end);
      if (at >= 0) {
        const found = this.#rest.subarray(0, at + end.length);
        this.#rest = this.#rest.subarray(at + end.length);
        return found;
      }
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const next = await this.#octets.next();
    if (next.done) throw new Error("the server hung up");
    this.#rest = Buffer.concat([this.#rest, next.value]);
  }
}

export function sha256(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}
