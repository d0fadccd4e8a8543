/**
 * Our half of a POP3 dialogue (RFC 1939, 2449, 2595, 5034): one connection, commands out, replies in. What a
 * reply means for a migration is decided elsewhere. The end of a message is its terminator and nothing
 * else; sizes that a server states are never trusted.
 */
import type { TLSSocket } from "node:tls";
import { DotUnstuffer } from "#mail/dot-stuffing";
import type { TlsPolicy } from "#mail/next-hop";
import { clientTls } from "#net/tls";
import { type Wire, WireClosed } from "#net/wire";
import { LineCutter } from "./line-cutter.ts";
import { openWire } from "./open-wire.ts";
import { LfEnd } from "./pop3-lf-end.ts";
import { type Pop3Capabilities, type Pop3Reply, parseCapabilities, parsePop3Reply } from "./pop3-replies.ts";

/** Where to connect, and how patiently (milliseconds). */
export interface Pop3Peer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet, with a policy other than `none`. */
  readonly implicitTls: boolean;
  readonly tls: TlsPolicy;
  readonly connectMilliseconds: number;
  /** How long the server may say nothing while an answer is due. */
  readonly idleMilliseconds: number;
}

/** The server greeted with a refusal, or ended the connection before any greeting: it bears no more of them. */
export class Pop3TurnedAway extends Error {
  constructor(text: string) {
    super(text);
    this.name = "Pop3TurnedAway";
  }
}

/** The server spoke no POP3, or said more than it may. */
export class Pop3ProtocolError extends Error {
  constructor(text: string) {
    super(text);
    this.name = "Pop3ProtocolError";
  }
}

const longestLine = 64 * 1024;
/** Milliseconds of silence that make an end of what may be one: the first time, and once a server has done so. */
const firstSilence = 1000;
const furtherSilence = 100;
const longestListing = 256 * 1024 * 1024;

/** A connection past its greeting. Commands may be sent ahead; replies are read in the order of the commands. */
export class Pop3Client implements AsyncDisposable {
  readonly #wire: Wire;
  readonly #host: string;
  readonly #tls: TlsPolicy;
  /** The greeting's text: some servers tell who they are in it. */
  readonly greeting: string;
  #isOpen = true;
  #idleMilliseconds: number;
  /** Commands whose answers have not begun. */
  #due = 0;
  #silence = firstSilence;

  private constructor(wire: Wire, peer: Pop3Peer, greeting: string) {
    this.#wire = wire;
    this.#host = peer.host;
    this.#tls = peer.tls;
    this.greeting = greeting;
    this.#idleMilliseconds = peer.idleMilliseconds;
  }

  /** Connects and reads the greeting. Throws Pop3TurnedAway, WireClosed, Pop3ProtocolError or a system or TLS error. */
  static async connect(peer: Pop3Peer, signal: AbortSignal): Promise<Pop3Client> {
    const wire = await openWire(peer, signal);
    const stop = (): void => wire.destroy();
    signal.addEventListener("abort", stop, { once: true });
    try {
      if (peer.implicitTls && peer.tls.mode !== "none")
        await wire.startTlsClient(clientTls(peer.tls, peer.host));
      wire.idleMilliseconds = peer.idleMilliseconds;
      const line = await wire.readLine(longestLine);
      const greeting = parsePop3Reply(line);
      if (!greeting) throw new Pop3ProtocolError(`the greeting is not POP3: ${printable(line)}`);
      if (!greeting.ok) throw new Pop3TurnedAway(`the server turns us away: ${greeting.text}`);
      return new Pop3Client(wire, peer, greeting.text);
    } catch (error) {
      wire.destroy();
      if (error instanceof WireClosed && (error.reason === "closed" || error.reason === "reset")) {
        throw new Pop3TurnedAway(`${error.message} before the greeting`);
      }
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }
  /** Whether the server ended an answer with LF alone: only silence tells its ends from text. */
  get hasOddEnds(): boolean {
    return this.#silence < firstSilence;
  }
  get isSecure(): boolean {
    return this.#wire.isSecure;
  }
  /** SHA-256 of the server's certificate, lower-case hex; null in clear text. */
  get fingerprint(): string | null {
    const certificate = this.#wire.tls?.getPeerX509Certificate();
    return certificate?.fingerprint256.replaceAll(":", "").toLowerCase() ?? null;
  }
  /** The TLS socket, for its version and certificate; null in clear text. */
  get tls(): TLSSocket | null {
    return this.#wire.tls;
  }
  /** Changes how long the server may say nothing, in milliseconds. */
  set idleMilliseconds(value: number) {
    this.#idleMilliseconds = value;
    this.#wire.idleMilliseconds = value;
  }

  /** Sends a command line, or several with CRLF between, without waiting; octets as they are, CRLF added. */
  async send(command: string | Uint8Array): Promise<void> {
    const octets = Buffer.concat([Buffer.from(command as string), Buffer.from("\r\n")]);
    for (let at = octets.indexOf("\n"); at >= 0; at = octets.indexOf("\n", at + 1)) this.#due++;
    await this.#guard(() => this.#wire.write(octets));
  }

  /** Reads the status line of the oldest command without one. */
  async readReply(): Promise<Pop3Reply> {
    return await this.#guard(async () => {
      const line = await this.#wire.readLine(longestLine);
      const reply = parsePop3Reply(line);
      if (!reply) throw new Pop3ProtocolError(`neither +OK nor -ERR: ${printable(line)}`);
      this.#due = Math.max(this.#due - 1, 0);
      return reply;
    });
  }

  /** Sends one command and reads its status line. */
  async command(command: string | Uint8Array): Promise<Pop3Reply> {
    await this.send(command);
    return await this.readReply();
  }

  /**
   * Reads the body of a multi-line answer, dots taken off, chunk by chunk, up to its terminator: `CRLF . CRLF`, or
   * where nothing else was asked for, and nothing follows for a second, a dot alone on a line that ends with LF.
   * @param hear is given the same octets as they came, the terminator included
   * @returns whether the end is certain: false after silence, which a slow connection brings forth too
   */
  async readBody(
    take: (chunk: Uint8Array) => Promise<void> | void,
    hear?: (octets: Uint8Array) => void,
  ): Promise<boolean> {
    return await this.#guard(async () => {
      const unstuffer = new DotUnstuffer();
      const lfEnd = this.#due === 0 ? new LfEnd() : null;
      for (;;) {
        const octets = lfEnd ? await this.#nextOf(lfEnd) : await this.#wire.readChunk();
        if (octets === null) return false;
        const { content, rest } = unstuffer.write(octets);
        hear?.(rest ? octets.subarray(0, octets.length - rest.length) : octets);
        for (const chunk of content) await take(chunk);
        if (rest) {
          this.#wire.unread(rest);
          return true;
        }
      }
    });
  }

  /** The next octets to hand on; null when there was silence after what may be the end. */
  async #nextOf(end: LfEnd): Promise<Uint8Array | null> {
    for (;;) {
      const patience = this.#idleMilliseconds;
      if (end.mayBeOver) this.#wire.idleMilliseconds = Math.min(this.#silence, patience);
      try {
        const octets = end.write(await this.#wire.readChunk());
        if (octets.length > 0) return octets;
      } catch (error) {
        const isOver = end.mayBeOver && error instanceof WireClosed && error.reason === "timeout";
        if (!isOver) throw error;
        // This server's way: it need not be doubted for so long again.
        this.#silence = furtherSilence;
        return null;
      } finally {
        this.#wire.idleMilliseconds = patience;
      }
    }
  }

  /** Reads the lines of a multi-line answer (LIST, UIDL, CAPA), as latin1, one after the other as they come. */
  async eachLine(take: (line: string) => void): Promise<void> {
    const lines = new LineCutter(take);
    let octets = 0;
    await this.readBody((chunk) => {
      octets += chunk.length;
      if (octets > longestListing) throw new Pop3ProtocolError("the listing is longer than 256 MiB");
      lines.write(chunk);
    });
    lines.end();
  }

  /** All of them. */
  async readLines(): Promise<readonly string[]> {
    const lines: string[] = [];
    await this.eachLine((line) => lines.push(line));
    return lines;
  }

  /** CAPA (RFC 2449); null where the server does not know it. */
  async capabilities(): Promise<Pop3Capabilities | null> {
    const reply = await this.command("CAPA");
    return reply.ok ? parseCapabilities(await this.readLines()) : null;
  }

  /** STLS (RFC 2595) under the peer's policy; the server's refusal is the reply. */
  async startTls(): Promise<Pop3Reply> {
    const reply = await this.command("STLS");
    if (reply.ok) await this.#guard(() => this.#wire.startTlsClient(clientTls(this.#tls, this.#host)));
    return reply;
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#isOpen = false;
    this.#wire.destroy();
  }

  /** QUIT, waiting at most three seconds for the answer: a server that hangs there holds nobody up. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOpen) {
      this.idleMilliseconds = 3000;
      await this.command("QUIT").catch(() => undefined);
    }
    this.#isOpen = false;
    await this.#wire.close();
  }

  async #guard<T>(dialogue: () => Promise<T>): Promise<T> {
    try {
      return await dialogue();
    } catch (error) {
      this.#isOpen = false;
      this.#wire.destroy();
      throw error;
    }
  }
}

function printable(line: Uint8Array): string {
  return Buffer.from(line.subarray(0, 80))
    .toString("latin1")
    .replace(/[^\x20-\x7e]/g, "?");
}
