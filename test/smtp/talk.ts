import { once } from "node:events";
import { connect } from "node:net";
import { Peer } from "../transcripts/peer.ts";

/** A client that says things and gets replies. */
export class Talk implements Disposable {
  readonly #peer: Peer;

  private constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Connects in clear, and takes the greeting. */
  static async open(port: number): Promise<Talk> {
    const socket = connect({ port, host: "127.0.0.1" });
    await once(socket, "connect");
    const talk = new Talk(new Peer(socket));
    await talk.reply();
    return talk;
  }

  /** Sends a line, and gives the reply to it. */
  async say(line: string): Promise<string> {
    await this.send(`${line}\r\n`);
    return await this.reply();
  }

  /** EHLO, MAIL and RCPT. */
  async envelope(...recipients: readonly string[]): Promise<void> {
    await this.say("EHLO client.example.net");
    await this.say("MAIL FROM:<someone@example.net>");
    for (const recipient of recipients) await this.say(`RCPT TO:<${recipient}>`);
  }

  /** Sends octets (latin1). */
  async send(octets: string): Promise<void> {
    await this.#peer.send(octets, false);
  }

  /** The next reply, its lines joined by LF; "closed" once the server has closed. */
  async reply(): Promise<string> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#peer.line();
      if (line === null) return lines.length === 0 ? "closed" : lines.join("\n");
      lines.push(line);
      if (!/^\d{3}-/.test(line)) return lines.join("\n");
    }
  }

  [Symbol.dispose](): void {
    this.#peer.drop();
  }
}
