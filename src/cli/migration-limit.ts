/** `mailferry migration limit`, and how limits are asked for and shown. */
import type { Command } from "commander";
import type { MigrationStatusView } from "#http/migrations";
import { CommandFailed } from "./connection.ts";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { inOctets } from "./terminal.ts";

/** As an administrator writes them. */
export interface LimitOptions {
  readonly bandwidth?: string;
  readonly connections?: string;
  readonly copyHours?: string;
}

/** A command that takes limits. */
export function withLimits(made: Command): Command {
  return made
    .option("--bandwidth <rate>", "what copying may take of the old server's line: '2 MB/s', or none")
    .option("--connections <number>", "connections to the old server at once, of all kinds, or usual")
    .option(
      "--copy-hours <hours>",
      "when old mail may be copied: '22:00-06:00', 'Mon-Fri 22:00-06:00, Sat-Sun', or always",
    );
}

/** What was asked for, and nothing else. */
export function limitsOf({ bandwidth, connections, copyHours }: LimitOptions): LimitOptions {
  return {
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(connections === undefined ? {} : { connections }),
    ...(copyHours === undefined ? {} : { copyHours }),
  };
}

export const limitCommand = withLimits(
  command(
    "limit <domain>",
    "change what a running migration may take of its old server, at once",
    "migration limit big-company.com --bandwidth '2 MB/s' --copy-hours 'Mon-Fri 22:00-06:00, Sat-Sun'",
  ),
).action(async (domain: string, options: CommonOptions & LimitOptions) => {
  const limits = limitsOf(options);
  if (Object.keys(limits).length === 0)
    throw new CommandFailed("name what to limit: --bandwidth, --connections or --copy-hours");
  const server = serverOf(options);
  const path = `/migrations/${encodeURIComponent(domain)}`;
  await server.put(`${path}/limits`, limits);
  const status = await server.get<MigrationStatusView>(path);
  tell(options, status.limits, limitsText(status));
});

/** One line for people; what was said of another domain on the same old server counts, too. */
export function limitsText({ limits }: Pick<MigrationStatusView, "limits">): string {
  if (!limits) return "Nothing is limited.";
  const { bandwidth, connections, copyHours, timeZone, opensAt } = limits;
  const rate = bandwidth === null ? "any bandwidth" : `${inOctets(bandwidth)}/s of copying`;
  const hours = copyHours === null ? "at any hour" : `copying at ${copyHours} (${timeZone})`;
  const again = opensAt === null ? "" : `, again from ${opensAt}`;
  return `Limits: ${rate}, ${connections} connections, ${hours}${again}`;
}
