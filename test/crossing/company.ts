/**
 * A company in the middle of its move: the scripted old server in this process, Mailferry as a process of its
 * own (so that it can be killed), and its commands given over the control socket.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Connection } from "#cli/connection";
import type { CheckView, MigrationStatusView } from "#http/migrations";
import { OldMailboxes } from "../old-server/maildrop.ts";
import { type Pop3Options, type RunningPop3, startPop3 } from "../old-server/pop3.ts";
import { type RunningSmtp, startSmtp } from "../old-server/smtp.ts";
import { freePorts } from "../programs/free-ports.ts";
import { fromSources } from "../programs/from-sources.ts";
import { Pop3Program } from "../programs/pop3-program.ts";

const root = join(import.meta.dirname, "..", "..");
export const domain = "big-company.com";

/** How a company is set up. */
export interface CompanyOptions {
  readonly pop3?: Partial<Pop3Options>;
  /** Such as "1 s"; long by default, so that only the test's own checks sweep. */
  readonly sweepInterval?: string;
  /** Further environment of the server. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Mail for unknown users is piped to the old server (default true). */
  readonly pipe?: boolean;
}

export class Company implements AsyncDisposable {
  readonly mailboxes: OldMailboxes;
  readonly oldPop3: RunningPop3;
  readonly oldSmtp: RunningSmtp;
  readonly data: string;
  readonly ports: {
    readonly smtp: number;
    readonly submission: number;
    readonly pop3: number;
    readonly imap: number;
    readonly http: number;
  };
  readonly command: Connection;
  readonly #environment: Record<string, string>;
  #server: ChildProcess | null = null;

  private constructor(
    parts: Pick<Company, "mailboxes" | "oldPop3" | "oldSmtp" | "data" | "ports">,
    options: CompanyOptions,
  ) {
    this.mailboxes = parts.mailboxes;
    this.oldPop3 = parts.oldPop3;
    this.oldSmtp = parts.oldSmtp;
    this.data = parts.data;
    this.ports = parts.ports;
    this.command = new Connection(parts.data);
    this.#environment = {
      MAILFERRY_HOSTNAME: "mail.big-company.com",
      MAILFERRY_DEFAULT_DOMAIN: domain,
      MAILFERRY_MIGRATION_SWEEP_INTERVAL: options.sweepInterval ?? "1 h",
      ...options.environment,
    };
  }

  /** Starts everything and switches the migration on. */
  static async start(options: CompanyOptions = {}): Promise<Company> {
    const mailboxes = options.pop3?.mailboxes ?? new OldMailboxes();
    const oldPop3 = await startPop3({ ...options.pop3, mailboxes });
    const offers = ["PIPELINING", "SIZE 268435456", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"];
    const oldSmtp = await startSmtp({ mailboxes, offers });
    const [smtp = 0, submission = 0, pop3 = 0, imap = 0, http = 0] = await freePorts(5);
    const data = mkdtempSync(join(tmpdir(), "mailferry-crossing-"));
    const company = new Company(
      { mailboxes, oldPop3, oldSmtp, data, ports: { smtp, submission, pop3, imap, http } },
      options,
    );
    await company.startServer();
    await company.command.post("/domains", { kind: "local", name: domain });
    const hosts = [{ host: "127.0.0.1", port: oldSmtp.port }];
    await company.command.post("/domains", { kind: "remote", name: "big-company.old", hosts });
    if (options.pipe !== false) {
      await company.command.patch(`/domains/${domain}`, { unknownUsers: `*@${domain}|big-company.old` });
    }
    await company.command.put(`/migrations/${domain}`, {
      from: `pop3://127.0.0.1:${oldPop3.port}`,
      tls: "none",
    });
    return company;
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  /** Starts the server, or starts it again, and waits until it answers. */
  async startServer(): Promise<void> {
    const log = openSync(join(this.data, "mailferry.log"), "a");
    const listen = Object.entries(this.ports).flatMap(([name, port]) => [
      "--listen",
      `${name}=127.0.0.1:${port}`,
    ]);
    const args = [...fromSources, "src/main.ts", "serve"];
    const server = spawn(process.execPath, [...args, "--data", this.data, ...listen], {
      cwd: root,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...this.#environment },
    });
    this.#server = server;
    for (let tries = 0; tries < 400; tries++) {
      if (server.exitCode !== null) break;
      if (
        await this.command.get("/server").then(
          () => true,
          () => false,
        )
      )
        return;
      await wait(25);
    }
    throw new Error(`Mailferry did not start:\n${this.log.slice(-4000)}`);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  }

  get log(): string {
    return readFileSync(join(this.data, "mailferry.log"), "utf8");
  }

  /** A person's mail program, pointed at Mailferry. */
  async login(name: string, password: string): Promise<Pop3Program> {
    return await Pop3Program.login(this.ports.pop3, `${name}@${domain}`, password);
  }

  async status(): Promise<MigrationStatusView> {
    return await this.command.get(`/migrations/${domain}`);
  }

  /** Check mailboxes, waited for. */
  async check(): Promise<CheckView> {
    return await this.command.post(`/migrations/${domain}/check`, { wait: true });
  }

  /** Waits until every transfer has all content here. */
  async copied(transfers: number, milliseconds = 60_000): Promise<MigrationStatusView> {
    const until = performance.now() + milliseconds;
    for (;;) {
      const status = await this.status();
      const over = status.transfers.filter(({ state }) => state === "following");
      if (over.length >= transfers) return status;
      if (performance.now() > until)
        throw new Error(`not copied in time: ${JSON.stringify(status, null, 1)}\n${this.log.slice(-4000)}`);
      await wait(50);
    }
  }

  /** Waits until nothing is queued any more. */
  async drained(milliseconds = 60_000): Promise<void> {
    const until = performance.now() + milliseconds;
    for (;;) {
      const queue = await this.command.get<readonly unknown[]>("/queue");
      if (queue.length === 0) return;
      if (performance.now() > until)
        throw new Error(`not drained in time: ${JSON.stringify(queue.slice(0, 5), null, 1)}`);
      await wait(100);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.oldPop3[Symbol.asyncDispose]();
    await this.oldSmtp[Symbol.asyncDispose]();
    rmSync(this.data, { recursive: true, force: true });
  }
}
