/** The table of all commands. What it does not have is not understood. */
import { authCommand } from "./auth-command.ts";
import type { Command } from "./command.ts";
import { chunkCommand, dataCommand } from "./data-commands.ts";
import { mailCommand, recipientCommand } from "./envelope-commands.ts";
import { helloCommands } from "./hello-commands.ts";
import { smallCommands } from "./small-commands.ts";

const table = (): readonly Command[] => commands;

export const commands: readonly Command[] = [
  ...helloCommands(table),
  authCommand,
  mailCommand,
  recipientCommand,
  dataCommand,
  chunkCommand,
  ...smallCommands(table),
];

/** The command of that name, in upper case. */
export function findCommand(name: string): Command | null {
  return commands.find((each) => each.name === name) ?? null;
}
