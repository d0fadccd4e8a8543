import { DotStuffer } from "#mail/dot-stuffing";
import type { Wire } from "#net/wire";
import type { Reply } from "./reply.ts";

/** So many octets are collected before they are written. */
const enough = 64 * 1024;

/** Replies on their way out: those to pipelined commands go out together, in few writes. */
export class Outbox {
  readonly #wire: Wire;
  #waiting: Uint8Array[] = [];
  #octets = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  get isEmpty(): boolean {
    return this.#octets === 0;
  }

  /** Prints a reply. If its content fails under way this throws, and the connection must be cut. */
  async print({ status, lines, content }: Reply): Promise<void> {
    await this.#add(Buffer.from(`${status}\r\n`, "latin1"));
    if (lines) await this.#printLines(lines);
    if (content) await this.#printContent(content);
  }

  /** Writes what is waiting. */
  async flush(): Promise<void> {
    if (this.isEmpty) return;
    const octets = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#octets = 0;
    await this.#wire.write(octets);
  }

  async #printLines(lines: Iterable<string>): Promise<void> {
    let text = "";
    for (const line of lines) {
      text += `${line}\r\n`;
      if (text.length < enough) continue;
      await this.#add(Buffer.from(text, "latin1"));
      text = "";
    }
    await this.#add(Buffer.from(`${text}.\r\n`, "latin1"));
  }

  /**
   * Dots are doubled after every kind of line end: most programs split at any of them, and one that saw a lone
   * dot where there is none would take the rest of a message for replies.
   */
  async #printContent(content: AsyncIterable<Uint8Array>): Promise<void> {
    const stuffer = new DotStuffer("any");
    for await (const chunk of content) await this.#add(stuffer.write(chunk));
    await this.#add(stuffer.end());
  }

  async #add(octets: Uint8Array): Promise<void> {
    this.#waiting.push(octets);
    this.#octets += octets.length;
    if (this.#octets >= enough) await this.flush();
  }
}
