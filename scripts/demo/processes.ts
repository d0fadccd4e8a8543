/** The two servers of the demo, each a process of its own, and the commands given to one of them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = join(import.meta.dirname, "..", "..");
const node = ["--conditions=source", "--disable-warning=ExperimentalWarning"];

export interface ExampleOldServer {
  readonly pop3: number;
  readonly smtp: number;
  readonly people: readonly {
    readonly address: string;
    readonly password: string;
    readonly messages: number;
  }[];
}

/** Processes that end when this is disposed of. */
export class Processes implements AsyncDisposable {
  readonly #children: ChildProcess[] = [];

  /** @param people such as "anna:120,bob"; null: the usual ones */
  async startOldServer(people: string | null): Promise<ExampleOldServer> {
    const more = people === null ? [] : ["--people", people];
    const child = this.#spawn(
      ["test/old-server/main.ts", "--attached", ...more],
      ["pipe", "pipe", "inherit"],
    );
    const { stdout } = child;
    if (!stdout) throw new Error("the old server has no output");
    for await (const line of createInterface({ input: stdout })) return JSON.parse(line) as ExampleOldServer;
    throw new Error("the old server did not start");
  }

  /** Starts Mailferry and waits until it answers a command. */
  async startMailferry(config: string, data: string, log: number): Promise<void> {
    const child = this.#spawn(
      ["src/main.ts", "serve", "--config", config, "--data", data],
      ["ignore", log, log],
    );
    for (let tries = 0; tries < 200; tries++) {
      if (child.exitCode !== null) throw new Error("Mailferry did not start");
      if ((await runCommand(["domain", "list", "--data", data])).code === 0) return;
    }
    throw new Error("Mailferry does not answer");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    }
  }

  #spawn(args: readonly string[], stdio: ("ignore" | "pipe" | "inherit" | number)[]): ChildProcess {
    const child = spawn(process.execPath, [...node, ...args], { cwd: root, stdio });
    this.#children.push(child);
    return child;
  }
}

/** What a command came to. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the command line, as a process of its own. */
export async function runCommand(args: readonly string[]): Promise<CommandResult> {
  const child = spawn(process.execPath, [...node, "src/main.ts", ...args], { cwd: root });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? 1, stdout, stderr };
}
