/** `mailferry settings`: how the running server is set by its file. */
import type { SettingsView } from "#http/settings";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { table } from "./terminal.ts";

export const settingsCommand = command(
  "settings",
  "show how the server is set by its file: listeners, certificate",
  "settings",
).action(async (options: CommonOptions) => {
  const settings = await serverOf(options).get<SettingsView>("/settings");
  const { version, hostname, data, origin, certificate, listeners } = settings;
  const rows = listeners.map(({ name, host, port, tls, clearPasswords }) => [
    name,
    host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
    tls,
    clearPasswords && name !== "smtp" ? "passwords in clear" : "",
  ]);
  const about = [
    `Mailferry ${version} on ${hostname}, data in ${data}, set by ${origin}.`,
    certificate === null
      ? "No TLS certificate."
      : `TLS certificate ${certificate.file} for ${certificate.names.join(", ")} until ${certificate.ends}.`,
  ];
  tell(options, settings, [...about, table(["LISTENER", "ADDRESS", "TLS", ""], rows)].join("\n"));
});
