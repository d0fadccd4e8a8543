import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A client that says lines and waits for lines, all octets as latin1. */
export class Talk implements Disposable {
  readonly socket: Socket;
  #heard = "";
  #isOver = false;
  #changed: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.setNoDelay(true);
    socket.on("data", (text: string) => {
      this.#heard += text;
      this.#changed();
    });
    for (const event of ["end", "close", "error"] as const) {
      socket.on(event, () => {
        this.#isOver = true;
        this.#changed();
      });
    }
  }

  /** Connects and waits for the greeting. */
  static async with(port: number): Promise<Talk> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const talk = new Talk(socket);
    await talk.until("* OK");
    return talk;
  }

  /** Everything heard so far that `until` did not take. */
  get heard(): string {
    return this.#heard;
  }

  say(octets: string): void {
    this.socket.write(octets, "latin1");
  }

  /** What comes up to the end of the line that begins so. Throws when the connection ends before. */
  async until(beginning: string): Promise<string> {
    for (;;) {
      const at = this.#heard.startsWith(beginning) ? 0 : this.#heard.indexOf(`\r\n${beginning}`);
      const end = at < 0 ? -1 : this.#heard.indexOf("\r\n", at + 2);
      if (end >= 0) {
        const taken = this.#heard.slice(0, end + 2);
        this.#heard = this.#heard.slice(end + 2);
        return taken;
      }
      if (this.#isOver) throw new Error(`closed after ${JSON.stringify(this.#heard.slice(-200))}`);
      await this.#change();
    }
  }

  /** Says a command and gives all that comes up to the end of its tagged reply. */
  command(text: string, tag = "t"): Promise<string> {
    this.say(`${tag} ${text}\r\n`);
    return this.until(`${tag} `);
  }

  /** Everything that comes until the server closes. */
  async end(): Promise<string> {
    while (!this.#isOver) await this.#change();
    return this.#heard;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}
