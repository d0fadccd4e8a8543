/**
 * The command line: one file per noun. Every command is a client of the running server's API. Exit codes:
 * 0 done, 1 refused or failed with one line on standard error, 2 wrong usage.
 */
import { Command, CommanderError } from "commander";
import { ConfigError } from "#config/config";
import { adminCommands } from "./admin.ts";
import { aliasCommands } from "./alias.ts";
import { CommandFailed } from "./connection.ts";
import { doctorCommand } from "./doctor.ts";
import { domainCommands } from "./domain.ts";
import { logCommand } from "./log.ts";
import { mailboxCommands } from "./mailbox.ts";
import { migrationCommands } from "./migration.ts";
import { queueCommands } from "./queue.ts";
import { settingsCommand } from "./settings.ts";

/** What `serve` was given on the command line. */
export interface ServeFlags {
  readonly config?: string;
  readonly data?: string;
  readonly listen?: readonly string[];
}

/**
 * Runs one command.
 * @param serve starts the server; resolves when it has ended
 * @returns the exit code
 */
export async function runCommand(
  argv: readonly string[],
  version: string,
  serve: (flags: ServeFlags) => Promise<void>,
): Promise<number> {
  const program = programOf(version, serve);
  leaveExitToUs(program);
  try {
    await program.parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CommandFailed || error instanceof ConfigError) {
      process.stderr.write(`mailferry: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

/** Every command there is. @param serve starts the server */
export function programOf(version: string, serve: (flags: ServeFlags) => Promise<void>): Command {
  const program = new Command("mailferry")
    .description("A mail server that moves a company off its old mail server without anyone noticing.")
    .version(version)
    .addCommand(
      new Command("serve")
        .description("run the server")
        .option("--config <file>", "configuration file; without one it listens on loopback, data in ./data")
        .option("--data <dir>", "data directory")
        .option("--listen <name=host:port...>", "listen here, instead of what the configuration says")
        .addHelpText("after", "\nExample:\n  $ mailferry serve --config /etc/mailferry.toml")
        .action(serve),
    );
  for (const commands of [
    domainCommands,
    aliasCommands,
    mailboxCommands,
    migrationCommands,
    queueCommands,
    adminCommands,
    logCommand,
    settingsCommand,
    doctorCommand,
  ]) {
    program.addCommand(commands);
  }
  return program;
}

function leaveExitToUs(command: Command): void {
  command.exitOverride().showHelpAfterError(false);
  for (const child of command.commands) leaveExitToUs(child);
}
