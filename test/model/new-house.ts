/**
 * Mailferry as server.ts composes it, in this process, so that its clock can be put forward and a crash takes no
 * second. A crash leaves what the disk held at one instant: the files as they are, copied while the server runs, from
 * which a new one starts. What its clients had been told before must be in them.
 */
import "./quick.ts";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pino } from "pino";
import { Connection } from "#cli/connection";
import { loadConfig } from "#config/config";
import { systemClock } from "#jobs/clock";
import { type RunningServer, startServer } from "../../src/server.ts";
import type { ForwardClock } from "../catalogue/clock.ts";
import { domain } from "./letters.ts";

export interface Ports {
  readonly smtp: number;
  readonly pop3: number;
  readonly imap: number;
}

export class NewHouse implements AsyncDisposable {
  /** Other ones in each of its lives. */
  ports: Ports = { smtp: 0, pop3: 0, imap: 0 };
  /** What it has logged as an error, over all its lives. */
  readonly errors: string[] = [];
  readonly #base: string;
  #crashes = 0;
  #life = 0;
  #up = Promise.withResolvers<void>();
  #server: RunningServer | null = null;

  private constructor(base: string) {
    this.#base = base;
  }

  static async start(): Promise<NewHouse> {
    const house = new NewHouse(mkdtempSync(join(tmpdir(), "mailferry-model-")));
    await house.#open();
    return house;
  }

  /** What an administrator says. */
  get command(): Connection {
    return new Connection(this.#data);
  }

  /** Another number from the instant on in which it dies or is ended. */
  get life(): number {
    return this.#life;
  }

  /** Resolves when it is there. */
  get isUp(): Promise<void> {
    return this.#up.promise;
  }

  now(): number {
    return systemClock.now();
  }

  forward(milliseconds: number): void {
    (systemClock as ForwardClock).forward(milliseconds);
  }

  /**
   * Dies at this instant and comes back.
   * @param cutOff takes the world away from the dying one; called in the instant of its death
   */
  async crash(cutOff: () => () => void): Promise<void> {
    const before = this.#data;
    this.#end();
    const reopen = cutOff();
    this.#crashes++;
    copyAsItIs(before, this.#data);
    const dying = this.#server;
    this.#server = null;
    await dying?.[Symbol.asyncDispose]();
    reopen();
    rmSync(before, { recursive: true, force: true });
    await this.#open();
  }

  /** Ends in good order and is started again. @param ended called in between */
  async restart(ended: () => void): Promise<void> {
    this.#end();
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = null;
    ended();
    await this.#open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    rmSync(this.#base, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#base, String(this.#crashes));
  }

  #end(): void {
    this.#life++;
    this.#up = Promise.withResolvers();
  }

  async #open(): Promise<void> {
    const listen = ["smtp=127.0.0.1:0", "pop3=127.0.0.1:0", "imap=127.0.0.1:0"];
    const environment = { MAILFERRY_HOSTNAME: `mail.${domain}`, MAILFERRY_DEFAULT_DOMAIN: domain };
    const life = this.#life;
    const write = (line: string): void => {
      if (life === this.#life) this.errors.push(line.trim());
    };
    this.#server = await startServer(
      loadConfig({ data: this.#data, listen }, environment),
      "test",
      pino({ level: "error" }, { write }),
    );
    const portOf = (name: keyof Ports): number =>
      this.#server?.listeners.find((listener) => listener.name === name)?.port ?? 0;
    this.ports = { smtp: portOf("smtp"), pop3: portOf("pop3"), imap: portOf("imap") };
    this.#up.resolve();
  }
}

/**
 * Copies a data directory at one instant of its life. While somebody reads the database no frame of its log is
 * overwritten and nothing newer is written back, so that the two files belong together whatever is committed
 * meanwhile; content is there before a commit names it, and is unlinked by the thread that stands still here. The
 * copy is made by another process, because closing a file here would take away the locks that the server has on it.
 */
function copyAsItIs(from: string, to: string): void {
  const reader = new DatabaseSync(join(from, "mailferry.db"), { readOnly: true });
  try {
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM sqlite_schema").get();
    mkdirSync(to, { mode: 0o700 });
    const names = ["mailferry.db", "mailferry.db-wal", "content", "spool", "keys"];
    execFileSync("cp", ["-a", ...names.map((name) => join(from, name)), to]);
  } finally {
    reader.close();
  }
}
