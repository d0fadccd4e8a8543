/** The beginning of a domain's move: `migration on`, with the checks that keep a mistake from mattering. */
import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "#jobs/clock";
import { failed, type Outcome } from "#mailbox/problem";
import { problemOfMessage } from "./admission/migration-message.ts";
import type { SealingKeys } from "./admission/sealing-keys.ts";
import type { Ledger } from "./ledger.ts";
import { type MigrationLimits, noLimits } from "./limits/migration-limits.ts";
import type { SeenPolicy } from "./migration.ts";
import type { ConnectionBudgets } from "./old-server/connections.ts";
import type { OldServer, OldServerAddress, Verdict } from "./old-server/old-server.ts";

/** What an administrator asks for. */
export interface MigrationRequest {
  readonly domain: string;
  readonly oldServer: OldServerAddress;
  /** Text of the migration message; null: the built-in one. */
  readonly message: string | null;
  /** Those left out stay as they are. */
  readonly limits?: Partial<MigrationLimits>;
  /** Missing: `status`. */
  readonly seen?: SeenPolicy;
}

export interface BeginningTools {
  readonly ledger: Pick<Ledger, "migration" | "setMigration">;
  readonly oldServer: OldServer;
  readonly budgets: ConnectionBudgets;
  readonly keys: SealingKeys;
  readonly clock: Clock;
  /** Whether a connection there would reach one of our own listeners. */
  readonly isOurs: (host: string, port: number) => Promise<boolean>;
}

const probing = 30_000;
const longestMessage = 100_000;

/** Starts a migration, or changes how it is done; nothing is changed when something is wrong. */
export async function beginMigration(
  tools: BeginningTools,
  request: MigrationRequest,
): Promise<Outcome<void>> {
  const { domain, oldServer, message, limits, seen = "status" } = request;
  const refused = (await refusal(tools, request)) ?? (await probe(tools, domain, oldServer));
  if (refused) return refused;
  const running = await tools.ledger.migration(domain);
  const sealingKey = running?.sealingKey ?? sealingKeyName(domain);
  // One left over from an earlier migration must not open anything of this one.
  if (!running) await tools.keys.destroy(sealingKey);
  if (!(await tools.keys.get(sealingKey))) await tools.keys.create(sealingKey);
  const outcome = await tools.ledger.setMigration({
    domain,
    oldServer,
    message,
    seen,
    sealingKey,
    startedAt: running?.startedAt ?? tools.clock.now(),
    limits: { ...noLimits, ...running?.limits, ...limits },
  });
  if (!outcome.ok && !running) await tools.keys.destroy(sealingKey);
  return outcome;
}

async function refusal(
  { isOurs }: BeginningTools,
  { oldServer, message }: MigrationRequest,
): Promise<ReturnType<typeof failed> | null> {
  const { protocol, host, port } = oldServer;
  if (protocol === "imap") {
    return failed(
      "invalid",
      "An IMAP old server cannot be moved from yet: name its POP3 service, pop3://HOST.",
    );
  }
  if (await isOurs(host, port)) {
    return failed(
      "invalid",
      `${host}:${port} is this server: name the old server by an address that stays its own.`,
    );
  }
  if (message === null) return null;
  if (message.length > longestMessage) return failed("too-large", "The migration message is too long.");
  const problem = problemOfMessage(message);
  return problem && failed("invalid", `The migration message, line ${problem.line}: ${problem.problem}.`);
}

/** An old server that takes any password would let anybody in, and one that cannot be reached nobody. */
async function probe(
  { oldServer, budgets }: BeginningTools,
  domain: string,
  server: OldServerAddress,
): Promise<ReturnType<typeof failed> | null> {
  const signal = AbortSignal.timeout(probing);
  using place = await budgets.of(server).take("prompt", signal);
  if (!place) return failed("temporary", "The old server has too much to do: try again in a minute.");
  const address = `probe-${randomBytes(8).toString("hex")}@${domain}`;
  const password = Buffer.from(randomBytes(18).toString("base64url"));
  const verdict: Verdict = await oldServer.login(server, { address, password, loginName: null }, signal);
  if (verdict.verdict === "bad") return null;
  if (verdict.verdict === "good") {
    await verdict.session[Symbol.asyncDispose]();
    return failed(
      "not-permitted",
      `${server.host}:${server.port} lets in a random name with a random password: it proves nobody.`,
    );
  }
  return failed(
    "temporary",
    `The old server ${server.host}:${server.port} cannot be used: ${verdict.reason}.`,
  );
}

/** The name of a domain's key in DATA/keys. */
function sealingKeyName(domain: string): string {
  const plain = domain.length <= 80 ? domain : createHash("sha256").update(domain).digest("hex");
  return `migration-${plain}`;
}

/** At start: a crash between the end of a migration and that of its key leaves the key. */
export async function destroyLeftKeys(
  { ledger, keys }: Pick<BeginningTools, "ledger" | "keys">,
  domains: readonly string[],
): Promise<void> {
  for (const domain of domains) {
    if (!(await ledger.migration(domain))) await keys.destroy(sealingKeyName(domain));
  }
}
