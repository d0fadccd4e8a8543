/** What all commands of all nouns share: where the server is, JSON or text, and an example in the help. */
import { Command } from "commander";
import { loadConfig } from "#config/config";
import { Connection } from "./connection.ts";
import { say, sayJson } from "./terminal.ts";

/** The options that every command has. */
export interface CommonOptions {
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/**
 * A command of a noun, with the common options and an example in its help.
 * @param usage its name and its arguments: "add <address> <target>"
 */
export function command(usage: string, description: string, example: string): Command {
  const [name, ...args] = usage.split(" ");
  const made = new Command(name);
  for (const argument of args) made.argument(argument);
  return made
    .description(description)
    .option("--config <file>", "the server's configuration file")
    .option("--data <dir>", "the server's data directory")
    .option("--json", "print JSON")
    .addHelpText("after", `\nExample:\n  $ mailferry ${example}`);
}

/** A noun with its commands. */
export function noun(name: string, description: string, commands: readonly Command[]): Command {
  const made = new Command(name).description(description);
  for (const one of commands) made.addCommand(one);
  return made;
}

/** The server that the options lead to. Throws ConfigError. */
export function serverOf(options: CommonOptions): Connection {
  return new Connection(loadConfig({ config: options.config, data: options.data }, process.env).data);
}

/** Prints the answer: all of it as JSON, or the words for people. */
export function tell(options: CommonOptions, answer: unknown, words: string): void {
  if (options.json) sayJson(answer);
  else say(words);
}
