/** What the server tells of itself and of how it is set: no secret among it. */
import { statfsSync } from "node:fs";
import type { Config } from "#config/config";
import type { ServerView } from "#http/server-info";
import type { SettingsView } from "#http/settings";
import type { ServerCertificate } from "#net/certificate";
import type { BoundListener } from "./listeners.ts";

interface Parts {
  readonly version: string;
  readonly config: Config;
  readonly certificate: ServerCertificate | null;
  /** Filled as listeners open, in the order of the configuration. */
  readonly listeners: readonly BoundListener[];
  readonly refusals: ReadonlyMap<string, ServerView["refusals"][number]>;
}

export interface ServerSelf {
  readonly server: () => ServerView;
  readonly settings: () => SettingsView;
  /** Octets free where the data is. */
  readonly freeOctets: () => number;
}

const implicit = new Set(["imaps", "pop3s", "submissions", "https"]);

export function openSelf({ version, config, certificate, listeners, refusals }: Parts): ServerSelf {
  const { hostname, data } = config;
  const hasTls = certificate !== null;
  const freeOctets = (): number => {
    const disk = statfsSync(data);
    return disk.bavail * disk.bsize;
  };
  return {
    freeOctets,
    server: () => ({
      ...{ version, hostname, data, listeners: [...listeners], hasTls },
      pid: process.pid,
      freeOctets: freeOctets(),
      refusals: [...refusals.values()],
    }),
    settings: () => ({
      ...{ version, hostname, data },
      defaultDomain: config.defaultDomain,
      origin: config.origin,
      certificate: certificate && {
        file: config.tls?.certificate ?? "",
        names: [...certificate.names],
        ends: new Date(certificate.ends).toISOString(),
      },
      listeners: listeners.map((listener, at) => ({
        ...listener,
        tls: tlsOf(listener.name, hasTls),
        clearPasswords: config.listeners[at]?.clearPasswords ?? false,
      })),
    }),
  };
}

function tlsOf(name: string, hasTls: boolean): SettingsView["listeners"][number]["tls"] {
  if (implicit.has(name)) return "tls";
  return hasTls && name !== "http" ? "starttls" : "none";
}
