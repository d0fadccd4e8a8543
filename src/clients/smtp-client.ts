/**
 * Our half of an SMTP dialogue (RFC 5321): one connection, greeted and secured as its policy wants, ready for
 * transactions (`smtp-transaction.ts`) until it is closed. It relies on `net/wire` for octets, time limits and
 * TLS, and promises that nobody waits longer than the limits, that no answer is believed without end, and
 * that trouble with the other side is a value. What a reply means for a message is decided elsewhere.
 */
import { type Wire, WireClosed } from "#net/wire";
import type { SmtpExtensions } from "./smtp-extensions.ts";
import type { SmtpTimeLimits } from "./smtp-limits.ts";
import { longestReplyLine, readReply, type SmtpReply } from "./smtp-replies.ts";

/** Which server, as found by whoever resolved its name. */
export interface SmtpPeer {
  /** IP address. */
  readonly address: string;
  readonly port: number;
  /** The name it goes by: the certificate's, and the DSN's. */
  readonly host: string;
}

/** A connection past its EHLO. Used by one transaction at a time. */
export class SmtpClient implements AsyncDisposable {
  readonly #wire: Wire;
  readonly peer: SmtpPeer;
  readonly limits: SmtpTimeLimits;
  /** What the server said first: some tell who they are. */
  readonly greeting: string;
  readonly extensions: SmtpExtensions;
  #isOpen = true;
  /** Whether a transaction was left in the middle, so that the next one must begin with RSET. */
  needsReset = false;
  /** Transactions begun on this connection. */
  transactions = 0;

  constructor(
    wire: Wire,
    peer: SmtpPeer,
    limits: SmtpTimeLimits,
    greeting: string,
    extensions: SmtpExtensions,
  ) {
    this.#wire = wire;
    this.peer = peer;
    this.limits = limits;
    this.greeting = greeting;
    this.extensions = extensions;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }
  get isSecure(): boolean {
    return this.#wire.isSecure;
  }

  /** Sends octets as they are; resolves when more may come. Throws WireClosed. */
  async write(octets: Uint8Array | string, milliseconds: number): Promise<void> {
    await this.#guard(async () => {
      this.#wire.idleMilliseconds = milliseconds;
      await this.#wire.write(octets);
    });
  }

  /** The next reply. Throws WireClosed and SmtpProtocolError; after a 421 the connection is over. */
  async hear(milliseconds: number): Promise<SmtpReply> {
    return await this.#guard(async () => {
      this.#wire.idleMilliseconds = milliseconds;
      const reply = await readReply(() => this.#wire.readLine(longestReplyLine));
      if (reply.code === 421) this.destroy();
      return reply;
    });
  }

  /** One command and its reply. */
  async command(line: string, milliseconds: number): Promise<SmtpReply> {
    await this.write(`${line}\r\n`, milliseconds);
    return await this.hear(milliseconds);
  }

  /**
   * Several commands: at once where the server takes them so (RFC 2920), each in its turn where it does
   * not. Every call of the result gives the reply to the next one.
   */
  commands(lines: readonly string[]): (milliseconds: number) => Promise<SmtpReply> {
    let next = 0;
    let written: Promise<void> | null = null;
    return async (milliseconds) => {
      if (!this.extensions.pipelining) return await this.command(lines[next++] ?? "NOOP", milliseconds);
      if (written === null) {
        // Not awaited before the first reply is read: a server that blocks on its replies would never read on.
        written = this.write(lines.map((line) => `${line}\r\n`).join(""), milliseconds);
        written.catch(() => undefined);
      }
      return await this.hear(milliseconds);
    };
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#isOpen = false;
    this.#wire.destroy();
  }

  /** QUIT; a server that hangs there holds nobody up. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOpen) await this.command("QUIT", 2000).catch(() => undefined);
    this.#isOpen = false;
    await this.#wire.close();
  }

  async #guard<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.#isOpen = false;
      // A last reply that says why may have arrived before the end: whoever writes can still hear it.
      if (!(error instanceof WireClosed) || error.reason === "timeout") this.#wire.destroy();
      throw error;
    }
  }
}
