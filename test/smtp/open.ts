import { ServerCertificate } from "#net/certificate";
import { Listener } from "#net/listener";
import { silentLog } from "#observe/log";
import type { SmtpTimeouts } from "../../src/smtp/limits.ts";
import { serveSmtp, tooManyConnections } from "../../src/smtp/serve.ts";
import type { SmtpListenerKind } from "../../src/smtp/service.ts";
import { goodFiles } from "../tls/certificates.ts";
import type { House } from "./house.ts";

/** How a test's listener differs from the ordinary one. */
export interface OpenOptions {
  readonly kind?: SmtpListenerKind;
  readonly clearPasswords?: boolean;
  readonly hasCertificate?: boolean;
  readonly timeouts?: SmtpTimeouts;
}

/** Serves a house on a free loopback port. */
export async function openSmtp(house: House, options: OpenOptions = {}): Promise<Listener> {
  const { kind = "smtp", clearPasswords = false, hasCertificate = true } = options;
  const certificate = await ServerCertificate.load(goodFiles);
  return await Listener.open({
    name: kind,
    host: "127.0.0.1",
    port: 0,
    implicitTls: kind === "submissions" ? certificate : null,
    maxConnections: 20,
    maxPerAddress: 20,
    idleMilliseconds: 5000,
    tooMany: tooManyConnections,
    serve: serveSmtp({
      service: house.service,
      kind,
      clearPasswords,
      certificate: hasCertificate ? certificate : null,
      timeouts: options.timeouts ?? { command: 5000, data: 5000 },
    }),
    log: silentLog,
  });
}
