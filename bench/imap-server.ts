/** Mailferry's IMAP under measurement: `serve` as a program of its own, with one mailbox, that can be started anew. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Connection } from "#cli/connection";
import { awaitGreeting, type Endpoint, freePort, LOOPBACK } from "../test/interop/loopback.ts";
import { makeCertificate } from "../test/interop/peers/certificate.ts";
import { must, type ServedProgram, serveProgram } from "../test/interop/program.ts";
import { makeScratch } from "../test/interop/scratch.ts";
import { anna, type ImapContestant } from "./imap-contestant.ts";
import { residentOctets } from "./mailferry.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const flags = ["--conditions=source", "--disable-warning=ExperimentalWarning"];

export interface ImapServer extends ImapContestant {
  readonly imaps: Endpoint;
  /** Of the process that runs now. */
  readonly pid: number;
}

/** From this checkout or another. MAILFERRY_BENCH_NODE holds further flags for its Node: --cpu-prof. */
export async function startImapServer(checkout = root): Promise<ImapServer> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("large"));
  const data = join(scratch.path, "data");
  await mkdir(data, { mode: 0o700 });
  const [imap, imaps] = [await endpoint(), await endpoint()];
  const { certificateFile, keyFile } = await makeCertificate(scratch.path);
  const config = join(scratch.path, "mailferry.toml");
  await writeFile(
    config,
    `hostname = "mail.big-company.com"
default-domain = "big-company.com"
log-level = "warn"
data = "${data}"
[tls]
certificate = "${certificateFile}"
key = "${keyFile}"
[listeners.imap]
address = "${LOOPBACK}:${imap.port}"
clear-passwords = true
[listeners.imaps]
address = "${LOOPBACK}:${imaps.port}"
`,
  );
  const extra = process.env.MAILFERRY_BENCH_NODE?.split(" ") ?? [];
  const program = [process.execPath, ...extra, ...flags, "src/main.ts"];
  const start = async (): Promise<ServedProgram> => {
    const served = serveProgram([...program, "serve", "--config", config], { cwd: checkout });
    await awaitGreeting(imap, served);
    return served;
  };
  let running = await start();
  const restart = async (): Promise<void> => {
    await running.stop();
    running = await start();
  };
  cleanup.defer(() => running.stop());
  await must(
    [process.execPath, ...flags, "src/main.ts", "domain", "add", "big-company.com", "--data", data],
    {
      cwd: root,
    },
  );
  await new Connection(data).post("/mailboxes", anna);
  const server = cleanup.move();
  return {
    name: "Mailferry",
    imap,
    imaps,
    get pid() {
      return running.pid;
    },
    restart,
    restartWithoutCache: restart,
    memory: () => residentOctets(running.pid),
    login: () => anna,
    log: () => running.printed(),
    [Symbol.asyncDispose]: () => server.disposeAsync(),
  };
}

async function endpoint(): Promise<Endpoint> {
  return { host: LOOPBACK, port: await freePort() };
}
