/** Which servers a person's mail program is to use: what every form of automatic settings is made of. */

/** One of our services, as mail programs reach it. */
export interface MailServer {
  readonly protocol: "imap" | "pop3" | "smtp";
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet, STARTTLS or STLS, or none at all (on loopback only). */
  readonly security: "tls" | "starttls" | "none";
}

/** A listener as the server opened it. */
export interface OpenListener {
  /** As the configuration calls it: "pop3s". */
  readonly name: string;
  readonly port: number;
}

const services: readonly (readonly [string, MailServer["protocol"], boolean])[] = [
  ["imaps", "imap", true],
  ["imap", "imap", false],
  ["pop3s", "pop3", true],
  ["pop3", "pop3", false],
  ["submissions", "smtp", true],
  ["submission", "smtp", false],
];

/**
 * The services that people can use, the best first: IMAP before POP3, TLS from the first octet before STARTTLS
 * (RFC 8314 §3.3). Port 25 is for servers and is never among them. Each port is named once.
 * @param host the name under which people reach this server
 */
export function mailServers(
  host: string,
  listeners: readonly OpenListener[],
  hasTls: boolean,
): readonly MailServer[] {
  const found = services.flatMap(([name, protocol, implicit]) =>
    listeners
      .filter((listener) => listener.name === name)
      .map(({ port }): MailServer => {
        const security = implicit ? "tls" : hasTls ? "starttls" : "none";
        return { protocol, host, port, security };
      }),
  );
  return found.filter((one, at) => found.findIndex(({ port }) => port === one.port) === at);
}
