/** How a connection that we start is secured, as people write it. */
import { type TlsPolicy, tlsVersions } from "#mail/next-hop";

/**
 * Reads `verify`, `pin=` with 64 hex digits (colons are fine), `opportunistic` or `none`; after all but the last
 * `,min=VERSION`, and after `verify` also `,allow-expired`. Null when it is none of them.
 */
export function parseTlsPolicy(text: string): TlsPolicy | null {
  const [mode = "", ...words] = text.split(",").map((word) => word.trim());
  if (mode === "none") return words.length === 0 ? { mode } : null;
  const least = words.map((word) => tlsVersions.find((version) => word === `min=${version}`)).find(Boolean);
  const allowsExpired = words.includes("allow-expired");
  if (words.length !== (least ? 1 : 0) + (allowsExpired ? 1 : 0)) return null;
  const versions = least === undefined ? {} : { minVersion: least };
  if (mode === "verify") return { mode, ...(allowsExpired ? { allowExpired: true } : {}), ...versions };
  if (allowsExpired) return null;
  if (mode === "opportunistic") return { mode, ...versions };
  const pin = /^pin=([0-9a-f:]+)$/i.exec(mode)?.[1]?.replaceAll(":", "").toLowerCase();
  return pin?.length === 64 ? { mode: "pin", sha256: pin, ...versions } : null;
}

/** A policy as people write it: what `parseTlsPolicy` reads. */
export function tlsPolicyText(policy: TlsPolicy): string {
  if (policy.mode === "none") return "none";
  const words = [
    policy.mode === "pin" ? `pin=${policy.sha256}` : policy.mode,
    ...(policy.mode === "verify" && policy.allowExpired ? ["allow-expired"] : []),
    ...(policy.minVersion === undefined ? [] : [`min=${policy.minVersion}`]),
  ];
  return words.join(",");
}
