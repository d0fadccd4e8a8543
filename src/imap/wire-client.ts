import type { Wire } from "#net/wire";
import type { Client } from "./client.ts";

/** So many octets are collected before they are written. */
const enough = 64 * 1024;
/** What waits for other answers waits no longer than this. */
const holdBackMilliseconds = 10;
/** So long a command works before other sessions have their turn. */
const turnMilliseconds = 4;
/** A line of an answer: base64 of a name or a password, or DONE. */
const longestAnswer = 4096;

export interface WireClientSettings {
  /** How often somebody who waits hears that it goes on. */
  readonly keepAliveMilliseconds: number;
}

/** The other side over a wire: output in few writes, as fast as it is taken. */
export class WireClient implements Client {
  readonly #wire: Wire;
  readonly #settings: WireClientSettings;
  #waiting: Uint8Array[] = [];
  #text = "";
  #octets = 0;
  #turnBegan = performance.now();
  #timer: NodeJS.Timeout | null = null;

  constructor(wire: Wire, settings: WireClientSettings) {
    this.#wire = wire;
    this.#settings = settings;
  }

  tell(response: string): void {
    this.add(`* ${response}\r\n`);
  }

  add(piece: string | Uint8Array): void {
    if (piece.length === 0) return;
    if (typeof piece === "string") this.#text += piece;
    else {
      this.#settleText();
      this.#waiting.push(piece);
    }
    this.#octets += piece.length;
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), holdBackMilliseconds);
  }

  async breathe(): Promise<void> {
    if (this.#octets >= enough) await this.flush();
    if (performance.now() - this.#turnBegan < turnMilliseconds) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#turnBegan = performance.now();
  }

  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#octets === 0) return;
    this.#settleText();
    const octets = this.#waiting.length === 1 ? this.#waiting[0] : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#octets = 0;
    if (octets) await this.#wire.write(octets);
  }

  async patiently<T>(work: Promise<T>): Promise<T> {
    const timer = setInterval(() => this.tell("OK Still at it."), this.#settings.keepAliveMilliseconds);
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }

  get hasSaidMore(): boolean {
    return this.#wire.hasBuffered;
  }

  async ask(prompt: string): Promise<Uint8Array> {
    this.add(`+ ${prompt}\r\n`);
    await this.flush();
    const answer = await this.#wire.readLine(longestAnswer);
    this.beginTurn();
    return answer;
  }

  /** A command begins: it has been waited for. */
  beginTurn(): void {
    this.#turnBegan = performance.now();
  }

  /** Nothing more is sent. */
  abandon(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = [];
    this.#text = "";
    this.#octets = 0;
  }

  #settleText(): void {
    if (this.#text === "") return;
    this.#waiting.push(Buffer.from(this.#text, "latin1"));
    this.#text = "";
  }
}
