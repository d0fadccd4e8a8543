/** Somebody who sends mail by SMTP, as small as can be: one connection, one message after the other. */
import { Dialogue } from "./dialogue.ts";

/** What the server said to one recipient or to the end of the data. */
export interface SmtpReply {
  readonly code: number;
  readonly text: string;
}

/** What follows the addresses: "BODY=8BITMIME", "NOTIFY=SUCCESS". */
export interface SmtpParameters {
  readonly mail?: string;
  readonly rcpt?: string;
}

export class SmtpProgram implements Disposable {
  readonly #dialogue: Dialogue;

  private constructor(port: number) {
    this.#dialogue = new Dialogue(port);
  }

  /** Connects, and logs in if a login is given. Throws with the server's words when it says no. */
  static async connect(
    port: number,
    login?: { readonly name: string; readonly password: string },
  ): Promise<SmtpProgram> {
    const program = new SmtpProgram(port);
    try {
      await program.#must(220);
      await program.#ask("EHLO sender.example.net", 250);
      if (login) {
        const response = Buffer.from(`\0${login.name}\0${login.password}`).toString("base64");
        await program.#ask(`AUTH PLAIN ${response}`, 235);
      }
      return program;
    } catch (error) {
      program[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Sends one message. Throws with the server's words when MAIL or DATA is refused.
   * @returns what was said to each recipient, and to the end of the data: null when no recipient was taken
   */
  async send(
    from: string,
    to: readonly string[],
    octets: string | Uint8Array,
    parameters: SmtpParameters = {},
  ): Promise<{ readonly recipients: readonly SmtpReply[]; readonly data: SmtpReply | null }> {
    const { mail = "", rcpt = "" } = parameters;
    await this.#ask(`MAIL FROM:<${from}>${mail && ` ${mail}`}`, 250);
    const recipients: SmtpReply[] = [];
    for (const address of to) {
      this.#dialogue.say(`RCPT TO:<${address}>${rcpt && ` ${rcpt}`}\r\n`);
      recipients.push(await this.#reply());
    }
    if (!recipients.some(({ code }) => code === 250)) {
      await this.#ask("RSET", 250);
      return { recipients, data: null };
    }
    await this.#ask("DATA", 354);
    const text = typeof octets === "string" ? octets : Buffer.from(octets).toString("latin1");
    const stuffed = text.replace(/^\./, "..").replaceAll("\r\n.", "\r\n..");
    this.#dialogue.say(Buffer.from(`${stuffed}${stuffed.endsWith("\r\n") ? "" : "\r\n"}.\r\n`, "latin1"));
    return { recipients, data: await this.#reply() };
  }

  [Symbol.dispose](): void {
    this.#dialogue.close();
  }

  async #ask(command: string, code: number): Promise<void> {
    this.#dialogue.say(`${command}\r\n`);
    await this.#must(code);
  }

  async #must(code: number): Promise<void> {
    const reply = await this.#reply();
    if (reply.code !== code) throw new Error(`${reply.code} ${reply.text}`);
  }

  async #reply(): Promise<SmtpReply> {
    for (;;) {
      const line = await this.#dialogue.line();
      if (line[3] !== "-") return { code: Number(line.slice(0, 3)), text: line.slice(4) };
    }
  }
}
