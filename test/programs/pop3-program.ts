/** A person's mail program, as small as can be: it logs in, lists, fetches, quits. No code of the server in it. */
import { createHash } from "node:crypto";
import { Dialogue } from "./dialogue.ts";

/** One message of a listing. */
export interface Listed {
  readonly number: number;
  readonly uidl: string;
}

export class Pop3Program implements AsyncDisposable {
  readonly #dialogue: Dialogue;

  private constructor(port: number) {
    this.#dialogue = new Dialogue(port);
  }

  /** Throws with the server's words when it says no. */
  static async login(port: number, name: string, password: string): Promise<Pop3Program> {
    const program = new Pop3Program(port);
    try {
      await program.#reply();
      await program.ask(`USER ${name}`);
      await program.ask(`PASS ${password}`);
      return program;
    } catch (error) {
      program.hangUp();
      throw error;
    }
  }

  async list(): Promise<readonly Listed[]> {
    await this.ask("UIDL");
    const lines = (await this.#body()).toString("latin1").split("\r\n").slice(0, -1);
    return lines.map((line) => {
      const [number = ""] = line.split(" ", 1);
      return { number: Number(number), uidl: line.slice(number.length + 1) };
    });
  }

  /** Sizes as LIST tells them, in the order of their messages. */
  async sizes(): Promise<readonly number[]> {
    await this.ask("LIST");
    const lines = (await this.#body()).toString("latin1").split("\r\n").slice(0, -1);
    return lines.map((line) => Number(line.split(" ")[1]));
  }

  async retrieve(number: number): Promise<Buffer> {
    await this.ask(`RETR ${number}`);
    return await this.#body();
  }

  /** The SHA-256 of every message, in order. */
  async hashes(): Promise<readonly string[]> {
    const hashes: string[] = [];
    for (const { number } of await this.list()) hashes.push(sha256(await this.retrieve(number)));
    return hashes;
  }

  async delete(number: number): Promise<void> {
    await this.ask(`DELE ${number}`);
  }

  /** QUIT: deletions take effect. Throws when the server does not confirm it. */
  async quit(): Promise<void> {
    await this.ask("QUIT");
    this.hangUp();
  }

  /** Goes away without a word. */
  hangUp(): void {
    this.#dialogue.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ask("QUIT").catch(() => undefined);
    this.hangUp();
  }

  /** Says a command; resolves with the status line. Throws with the server's words when it says no. */
  async ask(command: string): Promise<string> {
    this.#dialogue.say(`${command}\r\n`);
    return await this.#reply();
  }

  async #reply(): Promise<string> {
    const line = await this.#dialogue.line();
    if (!line.startsWith("+OK")) throw new Error(line);
    return line;
  }

  async #body(): Promise<Buffer> {
    const first = await this.#dialogue.until("\r\n");
    if (first.toString() === ".\r\n") return Buffer.alloc(0);
    this.#dialogue.unread(first);
    const stuffed = (await this.#dialogue.until("\r\n.\r\n")).subarray(0, -3).toString("latin1");
    return Buffer.from(stuffed.replace(/^\.\./, ".").replaceAll("\r\n..", "\r\n."), "latin1");
  }
}

export function sha256(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}
