/** How another mail server is reached, as plain data. */

/** A server to deliver to. Port 25 where none is named. */
export interface NextHop {
  readonly host: string;
  readonly port: number;
}

export const tlsVersions = ["1.0", "1.1", "1.2", "1.3"] as const;
export type TlsVersion = (typeof tlsVersions)[number];

interface LeastVersion {
  /**
   * The oldest TLS version that is taken; 1.2 where it is not told. Below that also the weak ciphers, keys and the
   * renegotiation of such servers are taken.
   */
  readonly minVersion?: TlsVersion;
}

/** How a connection that we start is secured. `pin` is the SHA-256 of the certificate, lower-case hex. */
export type TlsPolicy =
  | ({
      readonly mode: "verify" /** Its certificate may have expired. */;
      readonly allowExpired?: true;
    } & LeastVersion)
  | ({ readonly mode: "pin"; readonly sha256: string } & LeastVersion)
  | ({ readonly mode: "opportunistic" } & LeastVersion)
  | { readonly mode: "none" };
