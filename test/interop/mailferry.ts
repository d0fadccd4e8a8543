// Mailferry as an administrator runs it: `serve` as a program of its own with a configuration of a few lines, and
// the command line beside it. Nothing here reaches into the server but by its sockets and commands.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromSources } from "../programs/from-sources.ts";
import { awaitGreeting, type Endpoint, freePort, LOOPBACK } from "./loopback.ts";
import { type Finished, type RunOptions, run, type ServedProgram, serveProgram } from "./program.ts";
import { makeScratch } from "./scratch.ts";

/** A running Mailferry. */
export interface Mailferry extends AsyncDisposable {
  readonly smtp: Endpoint;
  readonly submission: Endpoint;
  readonly pop3: Endpoint;
  readonly imap: Endpoint;
  /** Its data directory. */
  readonly data: string;
  /** Runs `mailferry ARGS --data DIR` and returns however it ended. */
  command(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** The same for what must succeed; what it printed. */
  must(...args: string[]): Promise<string>;
  /** The same with --json, read. */
  json<Answer>(...args: string[]): Promise<Answer>;
  /** Kills the server outright and starts it again on the same data and ports, with other settings if told. */
  crash(settings?: MailferrySettings): Promise<void>;
  /** What the server has printed. */
  log(): string;
}

/** What may differ from the defaults. */
export interface MailferrySettings {
  /** Further lines of mailferry.toml. */
  readonly toml?: string;
  readonly sweepInterval?: string;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = [process.execPath, ...fromSources, "src/main.ts"];

/** Starts `serve` and waits for its greetings. */
export async function startMailferry(options: MailferrySettings = {}): Promise<Mailferry> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("mailferry"));
  const data = join(scratch.path, "data");
  await mkdir(data, { mode: 0o700 });
  const listeners = {
    smtp: await endpoint(),
    submission: await endpoint(),
    pop3: await endpoint(),
    imap: await endpoint(),
  };
  const config = join(scratch.path, "mailferry.toml");
  await writeFile(config, mailferryToml(data, listeners, options));
  let server = await serve(config, listeners);
  cleanup.defer(() => server.stop());

  const command = (args: readonly string[], more: RunOptions = {}) =>
    run([...PROGRAM, ...args, "--data", data], { cwd: ROOT, limit: 170_000, ...more });
  const must = async (...args: string[]) => {
    const done = await command(args);
    if (done.exitCode === 0) return done.stdout.toString("utf8");
    throw new Error(
      `mailferry ${args.join(" ")}: exit ${done.exitCode}: ${done.stderr}\n${server.printed()}`,
    );
  };
  const running = cleanup.move();
  return {
    ...listeners,
    data,
    command,
    must,
    json: async <Answer>(...args: string[]) => JSON.parse(await must(...args, "--json")) as Answer,
    crash: async (settings) => {
      server.signal("SIGKILL");
      await server.ended;
      if (settings !== undefined) await writeFile(config, mailferryToml(data, listeners, settings));
      server = await serve(config, listeners);
    },
    log: () => server.printed(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

type Listeners = Readonly<Record<"smtp" | "submission" | "pop3" | "imap", Endpoint>>;

async function endpoint(): Promise<Endpoint> {
  return { host: LOOPBACK, port: await freePort() };
}

async function serve(config: string, listeners: Listeners): Promise<ServedProgram> {
  const server = serveProgram([...PROGRAM, "serve", "--config", config], { cwd: ROOT });
  try {
    for (const listener of Object.values(listeners)) await awaitGreeting(listener, server);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function mailferryToml(data: string, listeners: Listeners, options: MailferrySettings): string {
  const listening = Object.entries(listeners).map(
    ([name, { host, port }]) => `[listeners.${name}]\naddress = "${host}:${port}"\n`,
  );
  return `hostname = "mail.big-company.com"
default-domain = "big-company.com"
data = "${data}"
${listening.join("")}[migration]
sweep-interval = "${options.sweepInterval ?? "5 min"}"
${options.toml ?? ""}`;
}
