/** Mailferry under measurement: `serve` as a program of its own, driven through its ports and its control socket. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Connection } from "#cli/connection";
import { awaitGreeting, type Endpoint, freePort, LOOPBACK } from "../test/interop/loopback.ts";
import { makeCertificate } from "../test/interop/peers/certificate.ts";
import { must, serveProgram } from "../test/interop/program.ts";
import { makeScratch } from "../test/interop/scratch.ts";

/** A running Mailferry. */
export interface MeasuredMailferry extends AsyncDisposable {
  readonly smtp: Endpoint;
  readonly pop3: Endpoint;
  readonly pop3s: Endpoint;
  readonly pid: number;
  readonly control: Connection;
  /** `mailferry ARGS`. */
  command(...args: readonly string[]): Promise<string>;
  /** Waits until the mailbox has all that the old server had, as `migration status` tells. */
  following(address: string): Promise<void>;
  /** The same for so many mailboxes of a domain. */
  allFollowing(domain: string, mailboxes: number): Promise<void>;
  /** What the server printed. */
  log(): string;
}

/** Milliseconds between two looks at the status: it is worked out by the server that is measured. */
const glance = 50;
const root = fileURLToPath(new URL("..", import.meta.url));
const flags = ["--conditions=source", "--disable-warning=ExperimentalWarning"];

/**
 * Starts one with a certificate of its own, from this checkout or another. MAILFERRY_BENCH_NODE holds further flags for its Node:
 * --cpu-prof.
 * @param settings further sections of its configuration
 */
export async function startMeasured(checkout = root, settings = ""): Promise<MeasuredMailferry> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("measured"));
  const data = join(scratch.path, "data");
  await mkdir(data, { mode: 0o700 });
  const listeners = { smtp: await endpoint(), pop3: await endpoint(), pop3s: await endpoint() };
  const config = join(scratch.path, "mailferry.toml");
  const sections = Object.entries(listeners).map(
    ([name, { host, port }]) => `[listeners.${name}]\naddress = "${host}:${port}"\n`,
  );
  const head = 'hostname = "mail.big-company.com"\ndefault-domain = "big-company.com"\nlog-level = "warn"\n';
  const { certificateFile, keyFile } = await makeCertificate(scratch.path);
  const tls = `[tls]\ncertificate = "${certificateFile}"\nkey = "${keyFile}"\n`;
  await writeFile(config, `${head}data = "${data}"\n${sections.join("")}${tls}${settings}`);
  const program = [
    process.execPath,
    ...(process.env.MAILFERRY_BENCH_NODE?.split(" ") ?? []),
    ...flags,
    "src/main.ts",
  ];
  const server = cleanup.use(serveProgram([...program, "serve", "--config", config], { cwd: checkout }));
  await awaitGreeting(listeners.smtp, server);
  await awaitGreeting(listeners.pop3, server);
  const control = new Connection(data);
  const running = cleanup.move();
  return {
    ...listeners,
    pid: server.pid,
    control,
    command: (...args) =>
      must([process.execPath, ...flags, "src/main.ts", ...args, "--data", data], { cwd: checkout }),
    following: (address) => following(control, domainOf(address), 1, (one) => one.address === address),
    allFollowing: (domain, mailboxes) => following(control, domain, mailboxes, () => true),
    log: () => server.printed(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function endpoint(): Promise<Endpoint> {
  return { host: LOOPBACK, port: await freePort() };
}

interface Status {
  readonly transfers: readonly {
    readonly address: string;
    readonly state: string;
    readonly reason: string | null;
  }[];
}

async function following(
  control: Connection,
  domain: string,
  mailboxes: number,
  isMeant: (transfer: Status["transfers"][number]) => boolean,
): Promise<void> {
  for (const end = Date.now() + 300_000; Date.now() < end; await sleep(glance)) {
    const { transfers } = await control.get<Status>(`/migrations/${domain}`);
    const meant = transfers.filter(isMeant);
    const waiting = meant.find(({ state }) => state === "waiting");
    if (waiting) throw new Error(`the transfer of ${waiting.address} waits: ${waiting.reason}`);
    if (meant.filter(({ state }) => state === "following").length === mailboxes) return;
  }
  throw new Error("the transfer takes more than five minutes");
}

function domainOf(address: string): string {
  return address.slice(address.indexOf("@") + 1);
}

/** Memory of a process that is its own, in octets. */
export async function residentOctets(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "latin1");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}
