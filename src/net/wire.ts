/**
 * One connection, in or out: lines and octets in, octets out, with back-pressure, time limits and the
 * upgrade to TLS. It knows no grammar: what a line means is the business of the room that reads it.
 *
 * Reading is pull: nothing is taken from the socket faster than somebody asks for it, so a peer that
 * floods us fills its own send buffer, not our memory. Writing waits while the peer does not read.
 */
import type { Socket } from "node:net";
import { type ConnectionOptions, type SecureContext, TLSSocket, connect as tlsConnect } from "node:tls";

/** Why a read gave no data. Every one of them ends the dialogue; none is a defect. */
export type WireEnd = "closed" | "reset" | "timeout" | "too-long";

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

/** A connection being read and written by exactly one dialogue. */
export class Wire implements AsyncDisposable {
  #socket: Socket;
  #buffer: Uint8Array = empty;
  #ended: WireEnd | null = null;
  /** Who waits: at most one reader, and a writer beside it where a protocol tells news unasked. */
  readonly #waiting = new Set<() => void>();
  #timeout: number;

  /** @param idleMilliseconds how long one read or one blocked write may take before `timeout` */
  constructor(socket: Socket, idleMilliseconds: number) {
    this.#socket = socket;
    this.#timeout = idleMilliseconds;
    this.#attach();
  }

  /** Address of the other side, without the port; "" once it is gone. */
  get peerAddress(): string {
    return (this.#socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  }
  get peerPort(): number {
    return this.#socket.remotePort ?? 0;
  }
  get localAddress(): string {
    return (this.#socket.localAddress ?? "").replace(/^::ffff:/, "");
  }
  get localPort(): number {
    return this.#socket.localPort ?? 0;
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

  /** Changes how long one read or blocked write may take, in milliseconds, from the next one on. */
  set idleMilliseconds(value: number) {
    this.#timeout = value;
  }

  /**
   * One line without its line end. A line ends with LF; a CR before it is taken off too. The caller
   * that must tell CRLF from LF reads octets with `readChunk`.
   * @param limit most octets a line may have, its end included; a longer one ends in `too-long`
   */
  async readLine(limit: number): Promise<Uint8Array> {
    let searched = 0;
    for (;;) {
      const at = this.#buffer.indexOf(10, searched);
      if (at >= 0 && at < limit) {
        const end = at > 0 && this.#buffer[at - 1] === 13 ? at - 1 : at;
        const line = this.#buffer.subarray(0, end);
        this.#buffer = this.#buffer.subarray(at + 1);
        return line;
      }
      if (at >= limit || this.#buffer.length >= limit) throw new WireClosed("too-long");
      searched = this.#buffer.length;
      await this.#fill();
    }
  }

  /** Reads and throws away the rest of a line that was too long, up to `limit` octets of it. */
  async skipLine(limit: number): Promise<void> {
    let skipped = 0;
    for (;;) {
      const at = this.#buffer.indexOf(10);
      if (at >= 0) {
        this.#buffer = this.#buffer.subarray(at + 1);
        return;
      }
      skipped += this.#buffer.length;
      this.#buffer = empty;
      if (skipped > limit) throw new WireClosed("too-long");
      await this.#fill();
    }
  }

  /** The octets at hand, or the next ones to arrive; never empty. `limit` takes at most so many. */
  async readChunk(limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    if (this.#buffer.length === 0) await this.#fill();
    const take = Math.min(limit, this.#buffer.length);
    const chunk = this.#buffer.subarray(0, take);
    this.#buffer = this.#buffer.subarray(take);
    return chunk;
  }

  /** Gives back octets that were read too far (after the end of a multi-line answer, for instance). */
  unread(octets: Uint8Array): void {
    if (octets.length > 0) this.#buffer = this.#buffer.length === 0 ? octets : concat(octets, this.#buffer);
  }

  /** Writes; resolves at once while the peer keeps up, later when it has to catch up. */
  async write(data: Uint8Array | string): Promise<void> {
    if (this.#ended && this.#socket.destroyed) throw new WireClosed(this.#ended);
    const flushed = this.#socket.write(data);
    if (!flushed) await this.#drained();
  }

  /**
   * The server's half of STARTTLS/STLS. Octets that arrived before the handshake were sent in clear and
   * could have been injected (RFC 3207 §4.2, CVE-2011-0411 and its kin): with any of them the
   * connection ends instead.
   */
  async startTlsServer(context: SecureContext): Promise<void> {
    if (this.hasBuffered) {
      await this.close();
      throw new WireClosed("reset", "octets were sent before the TLS handshake");
    }
    this.#detach();
    const socket = new TLSSocket(this.#socket, { isServer: true, secureContext: context });
    await this.#secured(socket, "secure");
  }

  /** The client's half: over this connection from now on, or at once for implicit TLS. */
  async startTlsClient(options: ConnectionOptions): Promise<void> {
    if (this.hasBuffered) {
      await this.close();
      throw new WireClosed("reset", "octets were sent before the TLS handshake");
    }
    this.#detach();
    const socket = tlsConnect({ ...options, socket: this.#socket });
    await this.#secured(socket, "secureConnect");
  }

  /** Says nothing more, and lets what was written go out; gives up after `milliseconds`. */
  async close(milliseconds = 1000): Promise<void> {
    if (this.#socket.destroyed) return;
    this.#ended ??= "closed";
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#socket.destroy(), milliseconds);
      this.#socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      // What still arrives has no reader; without this the other side's last octets would hold the socket.
      this.#socket.resume();
      this.#socket.end();
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

  #attach(): void {
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.on("readable", this.#onReadable);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onEnd);
    socket.on("error", this.#onError);
  }

  #detach(): void {
    const socket = this.#socket;
    socket.off("readable", this.#onReadable);
    socket.off("end", this.#onEnd);
    socket.off("close", this.#onEnd);
    // The error listener stays: an error on the raw socket during the handshake must not go unheard.
  }

  readonly #onReadable = (): void => this.#wakeAll();
  readonly #onEnd = (): void => this.#end("closed");
  readonly #onError = (): void => this.#end("reset");

  #end(reason: WireEnd): void {
    this.#ended ??= reason;
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }

  async #secured(socket: TLSSocket, event: "secure" | "secureConnect"): Promise<void> {
    const timer = setTimeout(() => socket.destroy(new Error("TLS handshake timed out")), this.#timeout);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once(event, () => resolve());
        socket.once("error", reject);
        socket.once("close", () => reject(new WireClosed("closed", "closed during the TLS handshake")));
      });
    } finally {
      clearTimeout(timer);
    }
    this.#socket = socket;
    this.#attach();
  }

  async #fill(): Promise<void> {
    for (;;) {
      const chunk = this.#socket.read() as Buffer | null;
      if (chunk !== null) {
        this.#buffer = this.#buffer.length === 0 ? chunk : concat(this.#buffer, chunk);
        return;
      }
      if (this.#ended) throw new WireClosed(this.#ended);
      await this.#waitFor(() => undefined);
    }
  }

  async #drained(): Promise<void> {
    const socket = this.#socket;
    await this.#waitFor((wake) => {
      socket.once("drain", wake);
      return () => socket.off("drain", wake);
    });
    if (this.#socket.destroyed) throw new WireClosed(this.#ended ?? "closed");
  }

  async #waitFor(listen: (wake: () => void) => (() => void) | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let forget: (() => void) | undefined;
    let waker: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      waker = resolve;
      this.#waiting.add(resolve);
      forget = listen(resolve);
      timer = setTimeout(() => {
        this.#ended ??= "timeout";
        resolve();
      }, this.#timeout);
    });
    if (waker) this.#waiting.delete(waker);
    clearTimeout(timer);
    forget?.();
    if (this.#ended === "timeout") {
      throw new WireClosed("timeout");
    }
  }
}

/** Concatenates two runs of octets. */
function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a, 0);
  both.set(b, a.length);
  return both;
}
