import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";
import { expiredFiles, goodFiles } from "../../tls/certificates.ts";

const read = (files: { readonly certificate: string; readonly key: string }) => ({
  cert: readFileSync(files.certificate),
  key: readFileSync(files.key),
});

/** What a bad old server secures its connections with, by what is wrong with it. */
export const certificates: Readonly<Record<string, () => SecureContext>> = {
  // OpenSSL takes TLS 1.0 only at security level 0.
  tls10: () =>
    createSecureContext({
      ...read(goodFiles),
      minVersion: "TLSv1",
      maxVersion: "TLSv1",
      ciphers: "DEFAULT@SECLEVEL=0",
    }),
  expired: () => createSecureContext(read(expiredFiles)),
  "self-signed": () => createSecureContext(read(goodFiles)),
};
