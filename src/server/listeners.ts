/** Opens the configured listeners, each with the server behind it. */
import { type Config, implicitTls, type ListenerConfig } from "#config/config";
import type { ListenerName } from "#config/schema";
import type { SetUpLink } from "#http/access/set-up";
import { openWebListener, type WebListenerSettings } from "#http/web-listener";
import { type ImapServices, serveImap, tooManyConnections as tooManyImap } from "#imap/serve";
import type { ServerCertificate } from "#net/certificate";
import { Listener, type Serve } from "#net/listener";
import type { Log } from "#observe/log";
import type { Metrics } from "#observe/metrics";
import { type Pop3Services, servePop3 } from "#pop3/serve";
import { serveSmtp, tooManyConnections } from "#smtp/serve";
import type { SmtpService } from "#smtp/service";
import { countedServe } from "./metrics.ts";

/** Where a listener really listens. */
export interface BoundListener {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface ListenerParts {
  readonly config: Config;
  readonly certificate: ServerCertificate | null;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly smtp: SmtpService;
  readonly pop3: Pop3Services;
  readonly imap: ImapServices;
  /** What answers on a listener for the web. */
  readonly web: (clearPasswords: boolean) => WebListenerSettings["fetch"];
  /** Told in greetings, so that a server that talks to itself finds out. */
  readonly instanceId: string;
  /** Takes what was opened, to close it at the end. */
  readonly stack: AsyncDisposableStack;
  /** Filled as listeners open. */
  readonly opened: BoundListener[];
}

const minutes = 60_000;
const limits = { maxConnections: 5000, maxPerAddress: 500, idleMilliseconds: 5 * minutes };

/** Opens them one by one. Throws ListenTrouble. */
export async function openListeners(parts: ListenerParts): Promise<void> {
  for (const listener of parts.config.listeners) {
    const { name, endpoint } = listener;
    const certificate = implicitTls.has(name) ? parts.certificate : null;
    const common = { name, ...endpoint, log: parts.log };
    const served =
      name === "http" || name === "https" ? null : serverOf(name, listener.clearPasswords, parts);
    const open =
      served === null
        ? await openWebListener({ ...common, certificate, fetch: parts.web(listener.clearPasswords) })
        : await Listener.open({
            ...limits,
            ...common,
            implicitTls: certificate,
            ...served,
            serve: countedServe(served.serve, name, parts.metrics),
          });
    parts.stack.use(open);
    parts.opened.push({ name, host: endpoint.host, port: open.port });
  }
}

function serverOf(
  name: Exclude<ListenerName, "http" | "https">,
  clearPasswords: boolean,
  parts: ListenerParts,
): { readonly serve: Serve; readonly tooMany: string } {
  const { config, certificate, smtp, pop3, imap, instanceId } = parts;
  const settings = {
    hostname: config.hostname,
    instance: instanceId,
    allowClearPasswords: clearPasswords,
    certificate: implicitTls.has(name) ? null : certificate,
    patienceMilliseconds: 5000,
  };
  switch (name) {
    case "imap":
    case "imaps":
      return {
        serve: serveImap(imap, {
          ...settings,
          idleMilliseconds: 30 * minutes,
          loginMilliseconds: 2 * minutes,
          keepAliveMilliseconds: 15_000,
          maxMessage: config.maxMessage,
        }),
        tooMany: tooManyImap,
      };
    case "pop3":
    case "pop3s":
      return {
        serve: servePop3(pop3, { ...settings, idleMilliseconds: 10 * minutes }),
        tooMany: "-ERR [SYS/TEMP] Too many connections.\r\n",
      };
    case "smtp":
    case "submission":
    case "submissions":
      return {
        serve: serveSmtp({
          service: smtp,
          kind: name,
          clearPasswords,
          certificate: settings.certificate,
        }),
        tooMany: tooManyConnections,
      };
  }
}

/**
 * The address of the page where the first administrator begins, on the first web listener that takes passwords;
 * null when nobody has to begin, or there is no such listener.
 */
export function setUpAddress(
  { secret }: SetUpLink,
  configured: readonly ListenerConfig[],
  opened: readonly BoundListener[],
  hostname: string,
): string | null {
  const at = configured.findIndex(
    ({ name, clearPasswords }) => name === "https" || (name === "http" && clearPasswords),
  );
  const listener = opened[at];
  if (secret === null || listener === undefined) return null;
  const isEverywhere = listener.host === "0.0.0.0" || listener.host === "::";
  const host = isEverywhere || listener.name === "https" ? hostname : listener.host;
  return `${listener.name}://${host.includes(":") ? `[${host}]` : host}:${listener.port}/#/set-up/${secret}`;
}
