import { type ImapServices, type ImapSettings, serveImap, tooManyConnections } from "#imap/serve";
import { Sessions } from "#login/sessions";
import { ServerCertificate } from "#net/certificate";
import { Listener } from "#net/listener";
import { silentLog } from "#observe/log";
import { goodFiles } from "../tls/certificates.ts";
import type { ImapHouse } from "./house.ts";

/** The services of a house, for a server or a session. */
export function servicesOf(house: ImapHouse): ImapServices {
  return {
    login: house.people,
    store: house.harness.mail,
    remote: house,
    stage: house.harness.stage,
    changes: house.harness.changes,
    sessions: new Sessions(),
    log: silentLog,
    clock: () => Date.UTC(2025, 5, 1, 12),
    newId: () => "test",
  };
}

export interface OpenImap {
  readonly name?: "imap" | "imaps";
  readonly hasCertificate?: boolean;
  readonly settings?: Partial<ImapSettings>;
  readonly services?: Partial<ImapServices>;
}

/** Listens on a port of its own. */
export async function openImap(house: ImapHouse, options: OpenImap = {}): Promise<Listener> {
  const { name = "imap", hasCertificate = true } = options;
  const certificate = await ServerCertificate.load(goodFiles);
  return Listener.open({
    name,
    host: "127.0.0.1",
    port: 0,
    implicitTls: name === "imaps" ? certificate : null,
    maxConnections: 600,
    maxPerAddress: 600,
    idleMilliseconds: 10_000,
    tooMany: tooManyConnections,
    log: silentLog,
    serve: serveImap(
      { ...servicesOf(house), ...options.services },
      {
        hostname: "mail.big-company.com",
        instance: "4f1c",
        allowClearPasswords: true,
        certificate: name === "imap" && hasCertificate ? certificate : null,
        idleMilliseconds: 10_000,
        loginMilliseconds: 10_000,
        patienceMilliseconds: 20,
        keepAliveMilliseconds: 10_000,
        maxMessage: 300_000,
        ...options.settings,
      },
    ),
  });
}
