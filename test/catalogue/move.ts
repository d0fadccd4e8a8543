/**
 * A company in the middle of its move, with an old server that plays scenarios: the whole house as server.ts
 * composes it, in this process, so that its clock can be put forward.
 */
import "./quick.ts";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import { vi } from "vitest";
import { Connection } from "#cli/connection";
import { loadConfig } from "#config/config";
import type { CheckView, MigrationStatusView, TransferView } from "#http/migrations";
import { systemClock } from "#jobs/clock";
import { type RunningServer, startServer } from "../../src/server.ts";
import { hashOf, type OldMailbox, OldMailboxes, put } from "../old-server/maildrop.ts";
import { type RunningOldServer, startOldServer } from "../old-server/old-server.ts";
import type { Pop3Options } from "../old-server/pop3.ts";
import { freePorts } from "../programs/free-ports.ts";
import { letter } from "../programs/letter.ts";
import { Pop3Program, sha256 } from "../programs/pop3-program.ts";
import type { ForwardClock } from "./clock.ts";

export const domain = "big-company.com";
export const minutes = 60_000;

export interface MoveOptions {
  /** Messages of anna, "uid-1" … */
  readonly messages?: number;
  /** As the administrator says it; by default pop3:// and no TLS. */
  readonly from?: (port: number) => string;
  readonly tls?: string;
  readonly loginAs?: string;
  readonly seen?: "status" | "all" | "none";
  readonly pop3?: Omit<Pop3Options, "mailboxes" | "behaviours">;
  /** Further environment of the house. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Bob came over before: it is known what reading does there (A18). */
  readonly afterBob?: boolean;
  /** Sets the old server right while the migration is switched on, which asks it for a login. */
  readonly rightAtFirst?: boolean;
}

export class Move implements AsyncDisposable {
  readonly old: RunningOldServer;
  readonly anna: OldMailbox;
  readonly pop3: number;
  readonly smtp: number;
  /** Where everything is kept. */
  readonly data: string;
  readonly command: Connection;
  readonly #server: RunningServer;

  private constructor(
    old: RunningOldServer,
    server: RunningServer,
    data: string,
    smtp: number,
    pop3: number,
  ) {
    this.old = old;
    this.anna = old.mailboxes.find("anna") ?? old.mailboxes.add("anna", "secret");
    this.pop3 = pop3;
    this.smtp = smtp;
    this.command = new Connection(data);
    this.#server = server;
    this.data = data;
  }

  /** Starts everything, and switches the migration on while the old server behaves. */
  static async start(scenario: string, options: MoveOptions = {}): Promise<Move> {
    const mailboxes = new OldMailboxes();
    const anna = mailboxes.add("anna", "secret");
    for (let n = 1; n <= (options.messages ?? 5); n++) put(anna, letter("anna", `message ${n}`), `uid-${n}`);
    const old = await startOldServer({
      scenario: options.rightAtFirst === false ? scenario : "",
      mailboxes,
      domain,
      now: () => systemClock.now(),
      ...(options.pop3 ? { pop3: options.pop3 } : {}),
    });
    const data = mkdtempSync(join(tmpdir(), "mailferry-catalogue-"));
    const [smtp = 0, pop3 = 0] = await freePorts(2);
    const config = loadConfig(
      { data, listen: [`smtp=127.0.0.1:${smtp}`, `pop3=127.0.0.1:${pop3}`] },
      {
        MAILFERRY_HOSTNAME: "mail.big-company.com",
        MAILFERRY_DEFAULT_DOMAIN: domain,
        MAILFERRY_MIGRATION_SWEEP_INTERVAL: "1 h",
        ...options.environment,
      },
    );
    const log = pino({ level: "info" }, pino.destination({ dest: join(data, "log"), sync: true }));
    const move = new Move(old, await startServer(config, "test", log), data, smtp, pop3);
    try {
      await move.command.post("/domains", { kind: "local", name: domain });
      await move.on(options);
      if (options.afterBob) await move.#bringBob();
      old.select(scenario);
      return move;
    } catch (error) {
      await move[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #bringBob(): Promise<void> {
    const bob = this.old.mailboxes.add("bob", "secret");
    for (let n = 1; n <= 2; n++) put(bob, letter("bob", `message ${n}`), `bob-${n}`);
    await this.login("bob");
    await vi.waitUntil(
      async () => (await this.status()).transfers.every(({ state }) => state === "following"),
      { timeout: 10_000, interval: 20 },
    );
  }

  /** `migration on`. */
  async on({ from, tls, loginAs, seen }: MoveOptions = {}): Promise<void> {
    await this.command.put(`/migrations/${domain}`, {
      from: from?.(this.old.pop3.port) ?? `pop3://127.0.0.1:${this.old.pop3.port}`,
      tls: tls ?? "none",
      ...(loginAs === undefined ? {} : { loginAs }),
      ...(seen === undefined ? {} : { seen }),
    });
  }

  /** A person's mail program. */
  async login(name = "anna", password = "secret"): Promise<Pop3Program> {
    return await Pop3Program.login(this.pop3, `${name}@${domain}`, password);
  }

  /** A session that begins and ends: the unique-ids that it is shown. */
  async uidls(): Promise<readonly string[]> {
    await using program = await this.login();
    return (await program.list()).map(({ uidl }) => uidl);
  }

  /** A login, whatever comes of it: "+OK" or what was said instead. */
  async tryLogin(name = "anna", password = "secret"): Promise<string> {
    return await this.sayIn(`${name}@${domain}`, password);
  }

  /** The same with a name as somebody types it. */
  async sayIn(name: string, password = "secret"): Promise<string> {
    try {
      await using _program = await Pop3Program.login(this.pop3, name, password);
      return "+OK";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** What is in the mailbox here: hashes, without the migration message. */
  async hashes(): Promise<readonly string[]> {
    await using program = await this.login();
    const hashes: string[] = [];
    for (const { number } of await program.list()) {
      const octets = await program.retrieve(number);
      if (!isMigrationMessage(octets)) hashes.push(sha256(octets));
    }
    return hashes;
  }

  /** What the store holds, whatever a program is shown: each message's hash, as the ledger has it. */
  ledger(): readonly {
    state: string;
    sha256: string | null;
    uidl: string;
    reason: string | null;
    failures: number;
  }[] {
    using database = new DatabaseSync(join(this.data, "mailferry.db"), { readOnly: true });
    const rows = database
      .prepare("SELECT state, sha256, uidl, reason, failures FROM ledger ORDER BY id")
      .all();
    return rows as unknown as ReturnType<Move["ledger"]>;
  }

  async status(): Promise<MigrationStatusView> {
    return await this.command.get(`/migrations/${domain}`);
  }

  /** Anna's transfer. */
  async transfer(): Promise<TransferView> {
    const transfer = (await this.status()).transfers.find(({ address }) => address === `anna@${domain}`);
    if (!transfer) throw new Error("anna has no transfer");
    return transfer;
  }

  /** Check mailboxes, waited for. */
  async check(): Promise<CheckView["mailboxes"][number]> {
    const view = await this.command.post<CheckView>(`/migrations/${domain}/check`, { wait: true });
    const [anna] = view.mailboxes;
    if (!anna) throw new Error("nothing was checked");
    return anna;
  }

  /** `migration resume`. */
  async resume(options: { readonly takeWhatDeletes?: boolean } = {}): Promise<void> {
    await this.command.post(`/migrations/${domain}/transfers`, { act: "resume", ...options });
  }

  /** Waits until the transfer is as said. */
  async until(is: (transfer: TransferView) => boolean, milliseconds = 10_000): Promise<TransferView> {
    const end = performance.now() + milliseconds;
    for (;;) {
      const transfer = await this.transfer();
      if (is(transfer)) return transfer;
      if (performance.now() > end)
        throw new Error(`not so in time: ${JSON.stringify(transfer)}\n${this.log}`);
      await wait(20);
    }
  }

  /** Waits until all is here. */
  async copied(): Promise<TransferView> {
    return await this.until(({ state }) => state === "following");
  }

  /** Lets so much time pass for the house. */
  pass(milliseconds: number): void {
    (systemClock as ForwardClock).forward(milliseconds);
  }

  /** What the house takes for now, epoch milliseconds. */
  now(): number {
    return systemClock.now();
  }

  get log(): string {
    return readFileSync(join(this.data, "log"), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await this.old[Symbol.asyncDispose]();
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** What the old server has, as hashes in its order. */
export function contents(move: Move): readonly string[] {
  return move.anna.messages.map(({ octets }) => hashOf(octets));
}

export function isMigrationMessage(octets: Uint8Array): boolean {
  return Buffer.from(octets.subarray(0, 1000)).includes("\r\nSubject: Welcome to your new mail server\r\n");
}
