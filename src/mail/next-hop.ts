/** How another mail server is reached, as plain data. */

/** A server to deliver to. Port 25 where none is named. */
export interface NextHop {
  readonly host: string;
  readonly port: number;
}

/** How a connection that we start is secured. `pin` is the SHA-256 of the certificate, lower-case hex. */
export type TlsPolicy =
  | { readonly mode: "verify" }
  | { readonly mode: "pin"; readonly sha256: string }
  | { readonly mode: "opportunistic" }
  | { readonly mode: "none" };
