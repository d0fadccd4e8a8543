/**
 * TLS of the connections that we start: what a policy means for the handshake, and what its failure means
 * for a person. Never falls back to clear text; that is for the caller to decide, and only where the policy
 * is `opportunistic`.
 */
import { constants, createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { TlsPolicy, TlsVersion } from "#mail/next-hop";
import { isTrustedButExpired } from "./expired-chain.ts";

/** The policies under which there is TLS. */
export type SecuringPolicy = Exclude<TlsPolicy, { readonly mode: "none" }>;

/** What `Wire.startTlsClient` needs; the policy is enforced there, after the handshake. */
export interface ClientTls extends ConnectionOptions {
  readonly host: string;
  readonly policy: SecuringPolicy;
}

/** Why a handshake failed, as far as it makes a difference to what can be done. */
export type TlsTroubleKind =
  | "self-signed"
  | "untrusted"
  | "expired"
  | "wrong-name"
  | "wrong-pin"
  | "too-old"
  | "not-tls"
  | "handshake";

/** TLS could not be had as the policy wants it. The message is for a person and names the option that helps. */
export class TlsTrouble extends Error {
  readonly kind: TlsTroubleKind;
  /** The code of the error below, as Node names it. */
  readonly code: string;
  /** SHA-256 of the certificate that was shown, lower-case hex: what a pin would be; null if none was seen. */
  readonly fingerprint: string | null;
  constructor(kind: TlsTroubleKind, code: string, fingerprint: string | null, text: string) {
    super(text);
    this.name = "TlsTrouble";
    this.kind = kind;
    this.code = code;
    this.fingerprint = fingerprint;
  }
}

/**
 * The TLS options for a connection to `host` under a policy. There are none for the policy `none`: asking for
 * them is a defect.
 */
export function clientTls(policy: TlsPolicy, host: string): ClientTls {
  if (policy.mode === "none") throw new Error("the policy is to use no TLS");
  // An IP address is compared with the certificate's addresses, but is no name for SNI (RFC 6066 §3).
  const sni = isIP(host) === 0 ? { servername: host } : {};
  return { host, ...sni, ...versionsFrom(policy.minVersion ?? "1.2"), policy };
}

/** Below TLS 1.2 OpenSSL wants to be told three times: the version, the security level, the old renegotiation. */
function versionsFrom(
  least: TlsVersion,
): Pick<ConnectionOptions, "minVersion" | "ciphers" | "secureOptions"> {
  const minVersion = least === "1.0" ? "TLSv1" : (`TLSv${least}` as const);
  if (least !== "1.0" && least !== "1.1") return { minVersion };
  return {
    minVersion,
    ciphers: "DEFAULT@SECLEVEL=0",
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  };
}

/** What is wrong with the certificate of an established connection under the policy; null: nothing. */
export function judgeCertificate(socket: TLSSocket, options: ClientTls): TlsTrouble | null {
  const { policy, host } = options;
  if (policy.mode === "opportunistic") return null;
  const certificate = socket.getPeerX509Certificate();
  const digest = certificate ? createHash("sha256").update(certificate.raw).digest() : null;
  const fingerprint = digest?.toString("hex") ?? null;
  if (policy.mode === "verify") {
    if (socket.authorized) return null;
    const error = socket.authorizationError;
    if (policy.allowExpired && certificate && isTrustedButExpired(certificate, error, host, options.ca))
      return null;
    return trouble(String(socket.authorizationError ?? "no certificate"), host, fingerprint);
  }
  const pin = Buffer.from(policy.sha256, "hex");
  if (digest && pin.length === digest.length && timingSafeEqual(pin, digest)) return null;
  const text = `${host} shows the certificate ${fingerprint ?? "(none)"}, not the pinned ${policy.sha256}. If its certificate was renewed, set --tls pin=${fingerprint ?? "SHA256"}.`;
  return new TlsTrouble("wrong-pin", "WRONG_PIN", fingerprint, text);
}

/** What a failed handshake means; the certificate was not seen. */
export function explainHandshakeError(error: unknown, host: string): TlsTrouble {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return trouble(code === "" || code === "EPROTO" ? message : code, host, null);
}

/** Codes are OpenSSL's and Node's own names; EPROTO carries the reason in its message only. */
const meanings: readonly (readonly [RegExp, TlsTroubleKind])[] = [
  [/SELF_SIGNED/, "self-signed"],
  [/UNABLE_TO_(VERIFY|GET)|CERT_UNTRUSTED|CERT_CHAIN_TOO_LONG|INVALID_CA/, "untrusted"],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, "expired"],
  [/ALTNAME/, "wrong-name"],
  [/wrong.version.number|packet.length.too.long|http.request/i, "not-tls"],
  [
    /unsupported.protocol|protocol.version|too.small|legacy.renegotiation|no.shared.cipher|handshake.failure|insufficient.security/i,
    "too-old",
  ],
];

function trouble(code: string, host: string, fingerprint: string | null): TlsTrouble {
  const kind = meanings.find(([pattern]) => pattern.test(code))?.[1] ?? "handshake";
  return new TlsTrouble(
    kind,
    code,
    fingerprint,
    `${sentence(kind, host, code)} ${advice(kind, fingerprint)}`,
  );
}

function sentence(kind: TlsTroubleKind, host: string, code: string): string {
  switch (kind) {
    case "self-signed":
      return `The certificate of ${host} is self-signed.`;
    case "untrusted":
      return `The certificate of ${host} comes from nobody this system trusts, or it does not send the whole chain.`;
    case "expired":
      return `The certificate of ${host} is not valid today: it has expired, or a clock is wrong.`;
    case "wrong-name":
      return `The certificate of ${host} is for another name.`;
    case "not-tls":
      return `${host} does not speak TLS on this port at once.`;
    case "too-old":
      return `${host} and we have no TLS version and cipher in common (at least TLS 1.2 is wanted).`;
    default:
      return `The TLS handshake with ${host} failed (${code}).`;
  }
}

function advice(kind: TlsTroubleKind, fingerprint: string | null): string {
  if (kind === "not-tls")
    return "If it offers STARTTLS or STLS there, write the plain scheme (pop3:// rather than pop3s://).";
  if (kind === "too-old")
    return "For an old server that people move from, --tls verify,min=1.0 allows what was usual before TLS 1.2.";
  if (fingerprint === null) return "If the way to it is trusted, --tls none goes without TLS.";
  return `If it is the right server, --tls pin=${fingerprint} accepts exactly this certificate.`;
}
