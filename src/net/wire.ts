/**
 * One connection, in or out: lines and octets in, octets out, with back-pressure, time limits and the
 * upgrade to TLS. It knows no grammar: what a line means is the business of the room that reads it.
 *
 * Reading is pull: nothing is taken from the socket faster than somebody asks for it, so a peer that
 * floods us fills its own send buffer, not our memory. Writing waits while the peer does not read. However many
 * commands arrive at once, other connections have their turn between them.
 */
import type { Socket } from "node:net";
import { type SecureContext, TLSSocket, connect as tlsConnect } from "node:tls";
import { type ClientTls, explainHandshakeError, judgeCertificate } from "./tls.ts";

/**
 * Why a read gave no data. Every one of them ends the dialogue; none is a defect. `stopped` is our own wish
 * (see `stopReading`); writing still works then.
 */
export type WireEnd = "closed" | "reset" | "timeout" | "too-long" | "stopped";

/** Raised by reads and writes when the connection can give or take no more. */
export class WireClosed extends Error {
  readonly reason: WireEnd;
  constructor(reason: WireEnd, detail?: string) {
    super(detail ?? `connection ${reason}`);
    this.name = "WireClosed";
    this.reason = reason;
  }
}

const empty = new Uint8Array(0);
const LF = 10;
const CR = 13;
/** How long one dialogue goes on with what has arrived before all others have their turn, in milliseconds. */
const longestTurn = 3;

/** A connection being read and written by exactly one dialogue. */
export class Wire implements AsyncDisposable {
  /** Address of the other side, without the port. IPv4 is never written as IPv6. */
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  #socket: Socket;
  #buffer: Uint8Array = empty;
  /** Set once the peer sends no more (it may still read), or once the connection is gone. */
  #ended: WireEnd | null = null;
  #stopped = false;
  #timeout: number;
  #turnBegan = performance.now();
  /** Who waits for octets, and who waits for room: one dialogue, and one who tells news unasked beside it. */
  readonly #readers = new Set<() => void>();
  readonly #writers = new Set<() => void>();

  /** @param idleMilliseconds how long one read or one blocked write may take before `timeout` */
  constructor(socket: Socket, idleMilliseconds: number) {
    this.#socket = socket;
    this.#timeout = idleMilliseconds;
    // Kept, because a socket forgets them when it closes, and the log wants them then.
    this.peerAddress = plainAddress(socket.remoteAddress);
    this.peerPort = socket.remotePort ?? 0;
    this.localAddress = plainAddress(socket.localAddress);
    this.localPort = socket.localPort ?? 0;
    this.#attach();
  }

  /** Whether what is said now is said under TLS. */
  get isSecure(): boolean {
    return this.#socket instanceof TLSSocket;
  }
  /** The TLS socket, for its version, cipher and the peer's certificate; null in clear. */
  get tls(): TLSSocket | null {
    return this.#socket instanceof TLSSocket ? this.#socket : null;
  }
  /** Whether octets have already arrived that nobody has read: pipelined commands, for instance. */
  get hasBuffered(): boolean {
    return this.#buffer.length > 0 || this.#socket.readableLength > 0;
  }
  /** Whether the next line is here as a whole, so that reading it will not wait. */
  get hasLine(): boolean {
    if (!this.#buffer.includes(LF)) this.#take();
    return this.#buffer.includes(LF);
  }

  /** Changes how long one read or blocked write may take, in milliseconds, from the next one on. */
  set idleMilliseconds(value: number) {
    this.#timeout = value;
  }

  /**
   * One line without its line end. A line ends with LF; a CR before it is taken off too. The caller
   * that must tell CRLF from LF reads octets with `readChunk`. The whole line must come within the time limit.
   * @param limit most octets a line may have, its end included; a longer one ends in `too-long`
   */
  async readLine(limit: number): Promise<Uint8Array> {
    const deadline = this.#deadline();
    let searched = 0;
    await this.#letOthersRun();
    for (;;) {
      this.#mayRead();
      const at = this.#buffer.indexOf(LF, searched);
      if (at >= 0 && at < limit) {
        const end = at > 0 && this.#buffer[at - 1] === CR ? at - 1 : at;
        const line = this.#buffer.subarray(0, end);
        this.#buffer = this.#buffer.subarray(at + 1);
        return line;
      }
      if (at >= limit || this.#buffer.length >= limit) throw new WireClosed("too-long");
      searched = this.#buffer.length;
      await this.#fill(deadline);
    }
  }

  /** Reads and throws away the rest of a line that was too long, up to `limit` octets of it. */
  async skipLine(limit: number): Promise<void> {
    const deadline = this.#deadline();
    let skipped = 0;
    for (;;) {
      const at = this.#buffer.indexOf(LF);
      skipped += at >= 0 ? at : this.#buffer.length;
      if (skipped > limit) throw new WireClosed("too-long");
      this.#buffer = at >= 0 ? this.#buffer.subarray(at + 1) : empty;
      if (at >= 0) return;
      await this.#fill(deadline);
    }
  }

  /** The octets at hand, or the next ones to arrive; never empty. `limit` takes at most so many. */
  async readChunk(limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    await this.#letOthersRun();
    this.#mayRead();
    if (this.#buffer.length === 0) await this.#fill(this.#deadline());
    const take = Math.min(limit, this.#buffer.length);
    const chunk = this.#buffer.subarray(0, take);
    this.#buffer = this.#buffer.subarray(take);
    return chunk;
  }

  /** Gives back octets that were read too far (after the end of a multi-line answer, for instance). */
  unread(octets: Uint8Array): void {
    if (octets.length > 0) this.#buffer = this.#buffer.length === 0 ? octets : concat(octets, this.#buffer);
  }

  /** No more is read: a read under way and every later one ends with `stopped`. For shutting down politely. */
  stopReading(): void {
    this.#stopped = true;
    this.#wake(this.#readers);
  }

  /** Writes; resolves at once while the peer keeps up, later when it has to catch up. */
  async write(data: Uint8Array | string): Promise<void> {
    if (this.#socket.destroyed || this.#socket.writableEnded) throw new WireClosed(this.#ended ?? "closed");
    if (this.#socket.write(data)) return;
    const deadline = this.#deadline();
    while (this.#socket.writableNeedDrain) await this.#wait(this.#writers, deadline);
    if (this.#socket.destroyed) throw new WireClosed(this.#ended ?? "closed");
  }

  /**
   * The server's half of STARTTLS/STLS, or of implicit TLS when nothing was read yet. Octets that arrived
   * before the handshake were sent in clear and could have been injected (RFC 3207 §4.2, CVE-2011-0411 and
   * its kin): with any of them the connection ends instead. Throws WireClosed or the handshake's error.
   */
  async startTlsServer(context: SecureContext): Promise<void> {
    this.#refuseInjected();
    this.#detach();
    const socket = new TLSSocket(this.#socket, { isServer: true, secureContext: context });
    await this.#secured(socket, "secure");
    this.#adopt(socket);
  }

  /**
   * The client's half: over this connection from now on, or at once for implicit TLS. The policy in the
   * options is enforced before anything is written. Throws WireClosed or TlsTrouble.
   */
  async startTlsClient(options: ClientTls): Promise<void> {
    this.#refuseInjected();
    this.#detach();
    // Judged below instead, where the certificate can be named in the error; nothing is said until then.
    const socket = tlsConnect({ ...options, rejectUnauthorized: false, socket: this.#socket });
    try {
      await this.#secured(socket, "secureConnect");
    } catch (error) {
      throw error instanceof WireClosed ? error : explainHandshakeError(error, options.host);
    }
    const trouble = judgeCertificate(socket, options);
    if (trouble) {
      socket.destroy();
      throw trouble;
    }
    this.#adopt(socket);
  }

  /** Says nothing more, and lets what was written go out; gives up after `milliseconds`. */
  async close(milliseconds = 1000): Promise<void> {
    const socket = this.#socket;
    this.#end("closed");
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.destroy(), milliseconds);
      socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      // What still arrives has no reader. It must be taken all the same: closing a socket with unread octets
      // resets the connection, and the peer would lose our last words.
      socket.off("readable", this.#onReadable);
      socket.on("data", () => undefined);
      socket.end();
    });
  }

  /** Ends the connection at once; a read under way ends with `closed`. */
  destroy(): void {
    this.#end("closed");
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  readonly #onReadable = (): void => this.#wake(this.#readers);
  readonly #onDrain = (): void => this.#wake(this.#writers);
  readonly #onEnd = (): void => this.#end("closed");
  readonly #onError = (): void => this.#end("reset");

  #attach(): void {
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.on("readable", this.#onReadable);
    socket.on("drain", this.#onDrain);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onEnd);
    socket.on("error", this.#onError);
  }

  #detach(): void {
    const socket = this.#socket;
    socket.off("readable", this.#onReadable);
    socket.off("drain", this.#onDrain);
    socket.off("end", this.#onEnd);
    socket.off("close", this.#onEnd);
    // The error listener stays: an error on the raw socket during the handshake must not go unheard.
  }

  #adopt(socket: TLSSocket): void {
    this.#socket = socket;
    this.#attach();
  }

  #refuseInjected(): void {
    if (!this.hasBuffered) return;
    this.destroy();
    throw new WireClosed("reset", "octets were sent before the TLS handshake");
  }

  /** Waits for the handshake; on failure the connection is gone. */
  async #secured(socket: TLSSocket, event: "secure" | "secureConnect"): Promise<void> {
    const timer = setTimeout(() => socket.destroy(new WireClosed("timeout")), this.#timeout);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once(event, () => resolve());
        // Not once: an error that follows the first one must not go unheard.
        socket.on("error", reject);
        socket.once("close", () => reject(new WireClosed("closed", "closed during the TLS handshake")));
      });
    } catch (error) {
      socket.destroy();
      this.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #end(reason: WireEnd): void {
    this.#ended ??= reason;
    this.#wake(this.#readers);
    this.#wake(this.#writers);
  }

  #wake(waiting: Set<() => void>): void {
    for (const wake of waiting) wake();
  }

  #mayRead(): void {
    if (this.#stopped) throw new WireClosed("stopped");
  }

  /** Answering what is here already waits for nothing, so that nobody else would be served meanwhile. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#turnBegan < longestTurn) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#turnBegan = performance.now();
  }

  #deadline(): number {
    return performance.now() + this.#timeout;
  }

  /** Moves what has arrived into the buffer; false if nothing has. */
  #take(): boolean {
    const chunk = this.#socket.read() as Buffer | null;
    if (chunk !== null) this.#buffer = this.#buffer.length === 0 ? chunk : concat(this.#buffer, chunk);
    return chunk !== null;
  }

  async #fill(deadline: number): Promise<void> {
    while (!this.#take()) {
      if (this.#ended) throw new WireClosed(this.#ended);
      await this.#wait(this.#readers, deadline);
      this.#turnBegan = performance.now();
      this.#mayRead();
    }
  }

  #wait(waiting: Set<() => void>, deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        waiting.delete(settle);
        resolve();
      };
      const timer = setTimeout(
        () => {
          waiting.delete(settle);
          reject(new WireClosed("timeout"));
        },
        Math.max(1, deadline - performance.now()),
      );
      waiting.add(settle);
    });
  }
}

function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:(?=\d+\.)/, "");
}

/** Concatenates two runs of octets. */
function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a, 0);
  both.set(b, a.length);
  return both;
}
