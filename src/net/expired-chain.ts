/**
 * A certificate whose only fault is that it has expired. OpenSSL tells the last of all faults, so that an expired
 * certificate that nobody trusts looks the same to us: everything but the dates is looked at again here.
 */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { getCACertificates } from "node:tls";

const serverAuthentication = "1.3.6.1.5.5.7.3.1";
/** The object identifier of name constraints in DER: they are not judged here, so refused. */
const nameConstraints = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1e]);

/**
 * Whether the server's certificate is for this host and was issued by somebody whom the system (or `ca`)
 * trusts today, apart from its own dates. At most one intermediate is taken, for path lengths are not judged
 * here; a pin takes what is refused.
 * @param error what OpenSSL said
 * @param ca whom to trust, as PEM; without, whom the system trusts
 */
export function isTrustedButExpired(
  leaf: X509Certificate,
  error: unknown,
  host: string,
  ca?: unknown,
): boolean {
  if (String(error) !== "CERT_HAS_EXPIRED") return false;
  if ((isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) === undefined) return false;
  if (leaf.keyUsage !== undefined && !leaf.keyUsage.includes(serverAuthentication)) return false;
  const anchors = anchorsOf(ca);
  const sent = leaf.issuerCertificate ? [leaf, leaf.issuerCertificate] : [leaf];
  for (const [at, certificate] of sent.entries()) {
    if (at > 0 && !isIssuer(certificate)) return false;
    if (anchors.some((anchor) => isIssuer(anchor) && issued(anchor, certificate))) return true;
    const next = sent[at + 1];
    if (!next || !issued(next, certificate)) return false;
  }
  return false;
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Whether it may issue others, today. */
function isIssuer(certificate: X509Certificate): boolean {
  const now = Date.now();
  const isInTime = Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
  return certificate.ca && isInTime && !certificate.raw.includes(nameConstraints);
}

function anchorsOf(ca: unknown): readonly X509Certificate[] {
  const given = ca === undefined ? getCACertificates("default") : [ca].flat();
  return given.flatMap((pem) =>
    typeof pem === "string" || pem instanceof Uint8Array ? [new X509Certificate(pem)] : [],
  );
}
