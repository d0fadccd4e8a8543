/** `mailferry log`: who did what, as the server recorded it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LogRecordView, LogView } from "#http/audit-views";
import { CommandFailed, type Connection } from "./connection.ts";
import { type CommonOptions, command, serverOf } from "./noun.ts";
import { say } from "./terminal.ts";

interface LogOptions extends CommonOptions {
  readonly domain?: string;
  readonly address?: string;
  readonly kind?: string;
  readonly actor?: string;
  readonly outcome?: string;
  readonly since?: string;
  readonly until?: string;
  readonly csv?: boolean;
  readonly last: string;
  readonly follow?: boolean;
}

/** Milliseconds between two looks for what is new. */
const glance = 1000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export const logCommand = command(
  "log",
  "show who did what: logins that the old server judged, changes, and the turning points of each move",
  "log --address anna@big-company.com --since 2d",
)
  .option("--domain <domain>", "of one domain")
  .option("--address <address>", "about one address, domain or other thing")
  .option("--kind <kind>", "of one kind, as it is shown: domain-set, mailbox-created, login-refused …")
  .option("--actor <who>", "by one, as it is shown: 'administrator: carol', server, person")
  .option("--outcome <outcome>", "done, refused or failed")
  .option("--since <time>", "not older: 2026-11-22, 2026-11-22T14:00:00Z, or 30m, 12h, 7d; all of them then")
  .option("--until <time>", "older than that")
  .option("--csv", "all that fit as CSV, the oldest first, for a spreadsheet")
  .option("--last <number>", "so many of the newest", "100")
  .option("--follow", "go on with what comes")
  .action(async (options: LogOptions) => {
    const server = serverOf(options);
    const filter = new URLSearchParams();
    for (const name of ["domain", "address", "kind", "actor", "outcome"] as const) {
      const value = options[name];
      if (value !== undefined) filter.set(name, value);
    }
    if (options.until !== undefined) filter.set("until", timeOf(options.until, "--until"));
    if (options.csv) return await table(server, filter, options);
    let last = options.since === undefined ? await newest(server, filter, options) : 0;
    if (options.since !== undefined) filter.set("since", timeOf(options.since, "--since"));
    for (;;) {
      if (options.since !== undefined || options.follow) last = await later(server, filter, last, options);
      if (!options.follow) return;
      await sleep(glance);
    }
  });

async function table(server: Connection, filter: URLSearchParams, { since }: LogOptions): Promise<void> {
  if (since !== undefined) filter.set("since", timeOf(since, "--since"));
  for await (const octets of server.stream("GET", `/log/export?${filter}`)) process.stdout.write(octets);
}

/** Prints the newest; gives the order of the last of all. */
async function newest(server: Connection, filter: URLSearchParams, options: LogOptions): Promise<number> {
  if (!/^[1-9]\d{0,2}$|^1000$/.test(options.last)) throw new CommandFailed("--last: a number from 1 to 1000");
  const { records, last } = await server.get<LogView>(`/log?${filter}&limit=${options.last}`);
  for (const record of records) print(record, options);
  return last ?? 0;
}

async function later(
  server: Connection,
  filter: URLSearchParams,
  after: number,
  options: LogOptions,
): Promise<number> {
  let last = after;
  for (;;) {
    const page = await server.get<LogView>(`/log?${filter}&after=${last}&limit=500`);
    for (const record of page.records) print(record, options);
    last = page.last ?? last;
    if (page.records.length < 500) return last;
  }
}

/** One line each; JSON is one object a line, for programs. */
function print(record: LogRecordView, options: LogOptions): void {
  if (options.json) {
    say(JSON.stringify(record));
    return;
  }
  const from = record.remote === null ? "" : ` from ${record.remote}`;
  const outcome = record.outcome === "done" ? "" : ` ${record.outcome.toUpperCase()}`;
  const details = Object.keys(record.details).length === 0 ? "" : ` ${JSON.stringify(record.details)}`;
  say(`${record.at} ${record.kind} ${record.object}${outcome} by ${record.actor}${from}${details}`);
}

/** ISO 8601 of a date, a time, or a span back from now. */
function timeOf(text: string, option: string): string {
  const span = /^(\d{1,6})([mhd])$/.exec(text);
  const time = span ? Date.now() - Number(span[1]) * (units[span[2] ?? ""] ?? 0) : Date.parse(text);
  if (Number.isNaN(time)) throw new CommandFailed(`${option}: ${text} is no time`);
  return new Date(time).toISOString();
}
