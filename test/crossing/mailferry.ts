/**
 * Mailferry as a process of its own, without an old server beside it: started, given commands as an administrator
 * gives them, ended in good order or killed, and started again on the same data and ports.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Connection } from "#cli/connection";
import { freePorts } from "../programs/free-ports.ts";
import { fromSources } from "../programs/from-sources.ts";
import { Pop3Program } from "../programs/pop3-program.ts";

const root = join(import.meta.dirname, "..", "..");
/** Longest time that a start or an end may take on a busy machine. */
const patience = 60_000;

export const domain = "big-company.com";

/** How the program is run. */
export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** What a run that ended leaves behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LaunchOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the data is; a directory of its own, removed at the end, if not told. */
  readonly data?: string;
  /** Further options of Node, such as a module to be loaded first. */
  readonly nodeOptions?: readonly string[];
  /** A program that runs it, with its arguments. */
  readonly under?: readonly string[];
}

/** Runs the program with these arguments to its end. */
export async function runMailferry(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(process.execPath, [...fromSources, "src/main.ts", ...args], {
    cwd: root,
    env: environmentOf(options.environment),
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (octets: Buffer) => stdout.push(octets));
  child.stderr.on("data", (octets: Buffer) => stderr.push(octets));
  child.stdin.on("error", () => undefined); // It may end without reading all that it is given.
  child.stdin.end(options.input ?? "");
  const tooLong = setTimeout(() => child.kill("SIGKILL"), patience);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(tooLong);
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** The environment of this process without settings of a Mailferry in it, and what is given. */
function environmentOf(given: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("MAILFERRY_"));
  return { ...Object.fromEntries(own), ...given };
}

export class Mailferry implements AsyncDisposable {
  /** A directory of its own; what is in it is removed at the end. */
  readonly scratch: string;
  readonly data: string;
  readonly ports: { readonly smtp: number; readonly submission: number; readonly pop3: number };
  readonly command: Connection;
  readonly #options: LaunchOptions;
  #server: ChildProcess | null = null;

  private constructor(scratch: string, ports: Mailferry["ports"], options: LaunchOptions) {
    this.scratch = scratch;
    this.data = options.data ?? join(scratch, "data");
    this.ports = ports;
    this.command = new Connection(this.data);
    this.#options = options;
  }

  static async start(options: LaunchOptions = {}): Promise<Mailferry> {
    const [smtp = 0, submission = 0, pop3 = 0] = await freePorts(3);
    const scratch = mkdtempSync(join(tmpdir(), "mailferry-alone-"));
    const mailferry = new Mailferry(scratch, { smtp, submission, pop3 }, options);
    try {
      await mailferry.startServer();
      return mailferry;
    } catch (error) {
      await mailferry[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  /** Whether the process is there. */
  get isRunning(): boolean {
    return this.#server !== null && this.#server.exitCode === null && this.#server.signalCode === null;
  }

  /** Everything that the server has printed. */
  get log(): string {
    return readFileSync(join(this.scratch, "log"), "utf8");
  }

  /** The flags of `serve` for this data and these ports. */
  get flags(): readonly string[] {
    const listen = Object.entries(this.ports).flatMap(([name, port]) => [
      "--listen",
      `${name}=127.0.0.1:${port}`,
    ]);
    return ["--data", this.data, ...listen];
  }

  /** Starts the server, or starts it again, and waits until it answers. */
  async startServer(): Promise<void> {
    const { under = [], nodeOptions = [], environment } = this.#options;
    const log = openSync(join(this.scratch, "log"), "a");
    const node = [process.execPath, ...fromSources, ...nodeOptions, "src/main.ts", "serve", ...this.flags];
    const [program = "", ...args] = [...under, ...node];
    const server = spawn(program, args, {
      cwd: root,
      stdio: ["ignore", log, log],
      env: environmentOf({
        MAILFERRY_HOSTNAME: "mail.big-company.com",
        MAILFERRY_DEFAULT_DOMAIN: domain,
        ...environment,
      }),
    });
    this.#server = server;
    for (const until = performance.now() + patience; performance.now() < until; await wait(25)) {
      if (!this.isRunning) break;
      if (await this.#answers()) return;
    }
    throw new Error(`Mailferry did not start:\n${this.log.slice(-4000)}`);
  }

  async #answers(): Promise<boolean> {
    try {
      await this.command.get("/server");
      return true;
    } catch {
      return false;
    }
  }

  /** Ends it in good order; resolves with its exit code. */
  async stop(): Promise<number | null> {
    return await this.#end("SIGTERM");
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const server = this.#server;
    if (!server || !this.isRunning) return server?.exitCode ?? null;
    const ended = once(server, "exit") as Promise<[number | null]>;
    server.kill(signal);
    const tooLong = setTimeout(() => server.kill("SIGKILL"), patience);
    const [code] = await ended;
    clearTimeout(tooLong);
    return code;
  }

  /** Runs one command of the command line against this server. */
  async run(args: readonly string[], input = ""): Promise<Ended> {
    return await runMailferry([...args, "--data", this.data], { input });
  }

  /** A local domain with these people in it; everybody's password is "secret". */
  async people(...names: readonly string[]): Promise<void> {
    await this.command.post("/domains", { kind: "local", name: domain });
    for (const name of names)
      await this.command.post("/mailboxes", { address: `${name}@${domain}`, password: "secret" });
  }

  /** A person's mail program. */
  async login(name: string): Promise<Pop3Program> {
    return await Pop3Program.login(this.ports.pop3, `${name}@${domain}`, "secret");
  }

  /** Everything in somebody's maildrop, oldest first. */
  async maildrop(name: string): Promise<readonly Buffer[]> {
    await using program = await this.login(name);
    const messages: Buffer[] = [];
    for (const { number } of await program.list()) messages.push(await program.retrieve(number));
    return messages;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
