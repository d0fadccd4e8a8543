/** `mailferry migration settings` and `migration message`: how a move is set, and what people will find. */
import { readFileSync } from "node:fs";
import type { MessagePreviewView, MigrationSettingsView } from "#http/migration-settings";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { table } from "./terminal.ts";

export const settingsCommand = command(
  "settings <domain>",
  "show how the migration of a domain is set",
  "migration settings big-company.com",
).action(async (domain: string, options: CommonOptions) => {
  const view = await serverOf(options).get<MigrationSettingsView>(
    `/migrations/${encodeURIComponent(domain)}/settings`,
  );
  const { settings } = view;
  if (settings === null) return tell(options, view, `${domain} is not migrating.`);
  const rows = [
    ["old server", settings.from],
    ["TLS", settings.tls],
    ["login as", settings.loginAs ?? "both common forms"],
    ["message", settings.message === null ? "the built-in one" : `${settings.message.length} characters`],
    ["old messages read", settings.seen],
    ["bandwidth", settings.limits.bandwidth],
    ["connections", settings.limits.connections],
    ["copy hours", settings.limits.copyHours],
    ["sweep interval", `${view.sweepInterval} s`],
  ];
  tell(options, view, table(["SETTING", "VALUE"], rows));
});

export const messageCommand = command(
  "message <domain>",
  "show the migration message as people will see it; nothing is changed",
  "migration message big-company.com --file welcome.txt",
)
  .option("--file <file>", "the text; without: the built-in one")
  .action(async (domain: string, options: CommonOptions & { file?: string }) => {
    const message = options.file === undefined ? null : readFileSync(options.file, "utf8");
    const shown = await serverOf(options).post<MessagePreviewView>(
      `/migrations/${encodeURIComponent(domain)}/message`,
      { message },
    );
    const replyTo = shown.replyTo === null ? [] : [`Reply-To: ${shown.replyTo}`];
    const head = [`From: ${shown.from}`, ...replyTo, `Subject: ${shown.subject}`];
    tell(options, shown, [...head, "", shown.text].join("\n"));
  });
