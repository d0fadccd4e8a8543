/** `mailferry migration pause | resume | retry`. */
import type { Command } from "commander";
import type { SteeredView } from "#http/steering";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";

interface SteeringOptions extends CommonOptions {
  readonly message?: string;
  readonly takeWhatDeletes?: boolean;
}

/** Pause, resume and retry. */
export const steeringCommands: readonly Command[] = [
  steering("pause", "stop copying and sweeping; what somebody opens is still read", "paused"),
  steering("resume", "go on after a pause, also where two mailboxes list one old maildrop", "resumed").option(
    "--take-what-deletes",
    "copy although the old server deletes or hides what is read; for the whole domain",
  ),
  steering("retry", "try at once what waits after trouble", "tried again").option(
    "--message <uidl>",
    "only this message of the person: its unique-id on the old server",
  ),
];

function steering(act: "pause" | "resume" | "retry", description: string, participle: string): Command {
  return command(
    `${act} <name>`,
    `${description}: a domain, or one address`,
    `migration ${act} anna@big-company.com`,
  ).action(async (name: string, options: SteeringOptions) => {
    const address = name.includes("@") ? name : null;
    const domain = name.slice(name.lastIndexOf("@") + 1);
    const path = `/migrations/${encodeURIComponent(domain)}/transfers`;
    const body = { act, address, message: options.message ?? null, ...taken(options) };
    const answer = await serverOf(options).post<SteeredView>(path, body);
    tell(options, answer, `${answer.transfers} mailboxes are ${participle}.`);
  });
}

function taken({ takeWhatDeletes }: SteeringOptions): { readonly takeWhatDeletes?: true } {
  return takeWhatDeletes ? { takeWhatDeletes } : {};
}
