/** The program: `serve`, or one command of the command line. The only place that ends the process. */
import { runCommand, type ServeFlags } from "#cli/program";
import { loadConfig } from "#config/config";
import { formatEndpoint } from "#config/endpoint";
import { strangeVariables } from "#config/environment";
import { ControlSocketTrouble } from "#http/control-socket";
import { StoreUnavailable } from "#mailbox/content";
import { CertificateTrouble } from "#net/certificate";
import { ListenTrouble } from "#net/listener";
import { openLog } from "#observe/log";
import { emptyCoreFiles } from "./core-files.ts";
import { boundHeap } from "./heap-bounds.ts";
import { startServer } from "./server.ts";
import { DataDirectoryInUse } from "./store/sqlite/data-directory.ts";
import { isDamage, isTemporary } from "./store/sqlite/failure.ts";
import { NewerSchema } from "./store/sqlite/schema.ts";
import { version } from "./version.ts";

/** What a start is refused for; each has a message that says what to do. */
const refusals = [ListenTrouble, CertificateTrouble, ControlSocketTrouble, DataDirectoryInUse, NewerSchema];

class StartRefused extends Error {}

/**
 * Why a start is refused for a reason outside the program, in one line; null when the program itself is wrong.
 * What the system or SQLite refuses without a name of its own has to do with the data directory.
 */
function refusalOf(error: unknown, data: string): string | null {
  if (!(error instanceof Error)) return null;
  if (refusals.some((refusal) => error instanceof refusal)) return error.message;
  const isOfDatabase = isTemporary(error) || isDamage(error) || error instanceof StoreUnavailable;
  if (!("syscall" in error) && !isOfDatabase) return null;
  return `the data directory ${data} cannot be used: ${error.message}`;
}

async function serve(flags: ServeFlags): Promise<void> {
  boundHeap();
  const config = loadConfig(flags, process.env);
  const log = openLog(config.logLevel);
  for (const variable of strangeVariables(process.env)) {
    log.warn({ variable }, "this variable sets nothing: no key is called like that (docs/configuration.md)");
  }
  const stopped = new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  if (!coreFilesAreEmpty && process.platform === "linux")
    log.warn("core files of this process may hold old passwords: forbid them (ulimit -c 0)");
  await using server = await startServer(config, version, log).catch((error: unknown) => {
    const refusal = refusalOf(error, config.data);
    throw refusal === null ? error : new StartRefused(refusal);
  });
  process.on("SIGHUP", () => void server.reloadCertificate());
  const where = server.listeners
    .map(({ name, host, port }) => `${name} ${formatEndpoint({ host, port })}`)
    .join(", ");
  log.info({ version, data: config.data, listeners: server.listeners }, "ready");
  process.stdout.write(`Mailferry ${version} is ready: ${where}; data in ${config.data}\n`);
  if (config.hasDefaultListeners) {
    process.stdout.write(
      "No listeners are configured: it listens on loopback only (docs/configuration.md).\n",
    );
  }
  if (server.setUpLink !== null) {
    process.stdout.write(
      `Nobody administers it over the web yet. Begin at ${server.setUpLink} (good once)\n`,
    );
  }
  await stopped;
  log.info("stopping");
}

const coreFilesAreEmpty = emptyCoreFiles();
try {
  process.exitCode = await runCommand(process.argv, version, serve);
} catch (error) {
  const text =
    error instanceof StartRefused ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`mailferry: ${text}\n`);
  process.exitCode = 1;
}
