/** `mailferry migration …` */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Option } from "commander";
import type { MigrationStatusView, TransferView } from "#http/migrations";
import { CommandFailed } from "./connection.ts";
import { bring } from "./migration-bring.ts";
import { check } from "./migration-check.ts";
import { cutover } from "./migration-cutover.ts";
import { type LimitOptions, limitCommand, limitsOf, limitsText, withLimits } from "./migration-limit.ts";
import { addUsers, people } from "./migration-people.ts";
import { rehearse } from "./migration-rehearse.ts";
import { proofCommands } from "./migration-report.ts";
import { returnCommand } from "./migration-return.ts";
import { messageCommand, settingsCommand } from "./migration-settings.ts";
import { steeringCommands } from "./migration-steering.ts";
import { type CommonOptions, command, noun, serverOf, tell } from "./noun.ts";
import { inOctets, table } from "./terminal.ts";

interface OnOptions extends CommonOptions, LimitOptions {
  readonly from: string;
  readonly tls: string;
  readonly loginAs?: string;
  readonly message?: string;
  readonly seen: string;
}

const path = (domain: string): string => `/migrations/${encodeURIComponent(domain)}`;

const on = withLimits(
  command(
    "on <domain>",
    "start moving a domain from its old server, or change how",
    "migration on big-company.com --from pop3://10.0.0.5 --message welcome.txt",
  ),
)
  .requiredOption("--from <url>", "the old server: pop3://HOST[:PORT] or pop3s://HOST[:PORT]")
  .option(
    "--tls <policy>",
    "verify, pin=SHA256, or none for clear text; with ,min=1.0 old versions of TLS too; verify,allow-expired",
    "verify",
  )
  .option(
    "--login-as <template>",
    "'{local}', '{address}', '{local}@old.example' …; without: the first two are tried",
  )
  .addOption(
    new Option("--seen <which>", "old messages that are read here: by their Status field, all, or none")
      .choices(["status", "all", "none"])
      .default("status"),
  )
  .option("--message <file>", "the message that each person finds after the move")
  .action(async (domain: string, options: OnOptions) => {
    await serverOf(options).put(path(domain), {
      from: options.from,
      tls: options.tls,
      loginAs: options.loginAs ?? null,
      seen: options.seen,
      message: options.message === undefined ? null : textOf(options.message),
      limits: limitsOf(options),
    });
    tell(options, { done: true }, `${domain} migrates from ${options.from}: each person at the first login.`);
  });

const status = command(
  "status <domain>",
  "show every mailbox with its state, and who has not come yet",
  "migration status big-company.com --follow",
)
  .option("--follow", "show it again every second until everybody is over")
  .action(async (domain: string, options: CommonOptions & { follow?: boolean }) => {
    const server = serverOf(options);
    for (;;) {
      const now = await server.get<MigrationStatusView>(path(domain));
      tell(
        options,
        now,
        `${options.follow && process.stdout.isTTY ? "\x1b[2J\x1b[H" : ""}${statusText(now)}`,
      );
      if (!options.follow || (now.missing.length === 0 && now.transfers.every(isOver))) return;
      await wait(1000);
    }
  });

const off = command(
  "off <domain>",
  "end the migration; refused while anything would be lost. All old passwords are destroyed",
  "migration off big-company.com",
)
  .option("--give-up <address...>", "people whose remaining old mail is given up")
  .action(async (domain: string, options: CommonOptions & { giveUp?: string[] }) => {
    await serverOf(options).post(`${path(domain)}/off`, { giveUp: options.giveUp ?? [] });
    tell(options, { done: true }, `The migration of ${domain} is over; its old passwords are destroyed.`);
  });

export const migrationCommands = noun("migration", "moving a domain off its old server", [
  rehearse,
  on,
  status,
  check,
  people,
  addUsers,
  limitCommand,
  settingsCommand,
  messageCommand,
  bring,
  ...steeringCommands,
  ...proofCommands,
  returnCommand,
  cutover,
  off,
]);

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailed(`--message: ${error instanceof Error ? error.message : error}`);
  }
}

function isOver({ state }: TransferView): boolean {
  return state === "following" || state === "settled" || state === "returned";
}

function statusText(status: MigrationStatusView): string {
  const head = status.on
    ? `${status.domain} migrates from ${status.oldServer} since ${status.startedAt}`
    : `${status.domain} is not migrating`;
  const rows = status.transfers.map((transfer) => [
    transfer.address,
    transfer.state,
    `${transfer.messagesHere} of ${transfer.messages}`,
    `${inOctets(transfer.octetsHere)} of ${inOctets(transfer.octets)}`,
    transfer.rate === null ? "" : `${inOctets(transfer.rate)}/s`,
    transfer.skipped === 0 ? "" : String(transfer.skipped),
    transfer.nextTry ?? "",
    troubleOf(transfer),
  ]);
  const away = status.transfers.filter(({ state }) => state === "returned").length;
  const over = status.transfers.filter(isOver).length - away;
  const lines = [
    head,
    `${over} mailboxes over, ${status.transfers.length - over - away} on the way, ${away === 0 ? "" : `${away} went back, `}${status.missing.length} known and not here yet`,
  ];
  if (status.limits) lines.push(limitsText(status));
  if (status.trouble) {
    lines.push(`The old server is in trouble since ${status.trouble.since}: ${status.trouble.reason}`);
  }
  if (status.names) lines.push(...leadsText(status.names));
  lines.push(...status.notes);
  if (rows.length > 0) {
    lines.push(
      "",
      table(["ADDRESS", "STATE", "MESSAGES", "SIZE", "RATE", "SKIPPED", "NEXT TRY", "TROUBLE"], rows),
    );
  }
  if (status.missing.length > 0) {
    lines.push("", "Not here yet:");
    for (const { address, messages, lastAccepted } of status.missing) {
      const evidence =
        lastAccepted === null
          ? "you expect it"
          : `the old server accepted it last ${lastAccepted}, mail piped: ${messages}`;
      lines.push(`  ${address}  ${evidence}`);
    }
  }
  return lines.join("\n");
}

/** Where names lead, seen from the server. */
function leadsText({
  lookedUp,
  leads,
  unknown,
}: NonNullable<MigrationStatusView["names"]>): readonly string[] {
  if (lookedUp === null) return ["Where the names lead: DNS has not answered yet."];
  const text = leads.map(({ name, kind, addresses, here }) => {
    const where = addresses.length === 0 ? "no address" : addresses.join(", ");
    return `${kind === "mx" ? "MX " : ""}${name} → ${where}${here ? " (this server)" : ""}`;
  });
  return [
    ...(text.length > 0 ? [`Seen from here: ${text.join("; ")}`] : []),
    ...(unknown.length > 0 ? [`No DNS: ${unknown.join("; ")}`] : []),
  ];
}

function troubleOf({ stalledSince, reason, notes }: TransferView): string {
  const stalled = stalledSince === null ? [] : [`stalled since ${stalledSince}`];
  const trouble = [...stalled, ...(reason === null ? [] : [reason])].join(": ");
  return [...(trouble === "" ? [] : [trouble]), ...notes].join("; ");
}
