/** An old server as people write it: a URL, and how to secure the connection. */
import { done, failed, type Outcome } from "#mailbox/problem";
import { parseTlsPolicy } from "#net/tls-policy";
import type { OldServerAddress } from "./old-server.ts";

const schemes = new Map([
  ["pop3:", { protocol: "pop3", implicitTls: false, port: 110 }],
  ["pop3s:", { protocol: "pop3", implicitTls: true, port: 995 }],
  ["imap:", { protocol: "imap", implicitTls: false, port: 143 }],
  ["imaps:", { protocol: "imap", implicitTls: true, port: 993 }],
] as const);

/**
 * Reads `pop3://10.0.0.5:110`, `verify`, `pin=SHA256` or `none`, and a template for login names.
 * @param loginAs null: both common forms of name are tried
 */
export function parseOldServerAddress(
  from: string,
  tls: string,
  loginAs: string | null,
): Outcome<OldServerAddress> {
  const url = URL.parse(from);
  const scheme = schemes.get((url?.protocol ?? "") as "pop3:");
  const isPlain =
    url && (url.pathname === "" || url.pathname === "/") && url.search === "" && url.username === "";
  if (!url || !scheme || !isPlain || url.hostname === "") {
    return failed(
      "invalid",
      `"${from}" is no old server: expected pop3://HOST[:PORT] or pop3s://HOST[:PORT].`,
    );
  }
  const policy = parseTlsPolicy(tls);
  if (!policy || policy.mode === "opportunistic") {
    return failed(
      "invalid",
      `"${tls}" is no TLS policy: expected verify, pin=SHA256 or none; after a comma min=1.0 (1.1, 1.2, 1.3) allows older versions of TLS, and verify,allow-expired a certificate that has expired.`,
    );
  }
  if (scheme.implicitTls && policy.mode === "none") {
    return failed(
      "invalid",
      `${url.protocol}// is TLS from the first octet: --tls none does not go with it.`,
    );
  }
  if (loginAs !== null && !/\{(?:local|address)\}/.test(loginAs)) {
    return failed(
      "invalid",
      `"${loginAs}" is no template for login names: expected {local} or {address} in it.`,
    );
  }
  return done({
    protocol: scheme.protocol,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? scheme.port : Number(url.port),
    implicitTls: scheme.implicitTls,
    tls: policy,
    loginAs,
  });
}

/** Where an old server is, as people write it: `pop3://10.0.0.5:110`. */
export function oldServerUrl({ protocol, implicitTls, host, port }: OldServerAddress): string {
  return `${protocol}${implicitTls ? "s" : ""}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
