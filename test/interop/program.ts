// Running other people's programs: once to the end (`run`), or as a server until it is stopped (`serveProgram`).
// A server dies with us even if we are killed (setpriv --pdeathsig) and is stopped by its own process group,
// never by name.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** What a program that ran to its end left behind. */
export interface Finished {
  /** Exit code; 128 + 9 when it had to be killed after the time limit. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** How to run a program. */
export interface RunOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds before it is killed; 60 s unless told. */
  readonly limit?: number;
}

/** Runs `argv` to its end. A non-zero exit is a value; only a program that cannot be started throws. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [command = "", ...args] = argv;
  const child = spawn(command, args, {
    env: { ...process.env, LC_ALL: "C.UTF-8", ...options.env },
    cwd: options.cwd,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (octets: Buffer) => stdout.push(octets));
  child.stderr.on("data", (octets: Buffer) => stderr.push(octets));
  child.stdin.on("error", () => {}); // it may end without reading all of its input
  child.stdin.end(options.input ?? "");
  const timer = setTimeout(() => child.kill("SIGKILL"), options.limit ?? 60_000);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return {
      exitCode: code ?? 137,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr).toString("utf8"),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Like {@link run}, for set-up steps that must succeed: throws with the program's own words. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const done = await run(argv, options);
  if (done.exitCode === 0) return done.stdout.toString("utf8");
  throw new Error(`${argv.join(" ")}: exit ${done.exitCode}\n${done.stdout}${done.stderr}`);
}

/** A server that runs until it is disposed of. */
export interface ServedProgram extends AsyncDisposable {
  readonly pid: number;
  /** Everything it has printed so far, stdout and stderr mixed. */
  printed(): string;
  /** Resolves with the exit code when it ends. */
  readonly ended: Promise<number>;
  /** Sends a signal to the program alone. */
  signal(name: NodeJS.Signals): void;
  /** Ends it: SIGTERM, after 10 s SIGKILL to its whole group. */
  stop(): Promise<void>;
}

/** Starts `argv` as a server in its own process group. */
export function serveProgram(
  argv: readonly string[],
  options: Omit<RunOptions, "input"> = {},
): ServedProgram {
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", ...argv], {
    env: { ...process.env, LC_ALL: "C.UTF-8", ...options.env },
    cwd: options.cwd,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let printed = "";
  const keep = (octets: Buffer) => {
    printed = (printed + octets.toString("utf8")).slice(-200_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${argv.join(" ")}: could not be started`);
  const ended = once(child, "exit").then(([code]) => (code as number | null) ?? 137);
  const stop = () => stopGroup(child, pid, ended);
  return {
    pid,
    printed: () => printed,
    ended,
    signal: (name) => void child.kill(name),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function stopGroup(child: ChildProcess, pid: number, ended: Promise<number>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGTERM");
    await Promise.race([ended, sleep(10_000, undefined, { ref: false })]);
  }
  try {
    process.kill(-pid, "SIGKILL"); // whatever of its group is left
  } catch {
    // nobody is left
  }
  await ended;
}
