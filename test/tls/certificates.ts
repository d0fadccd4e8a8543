/** The certificates of this folder, as tests use them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Self-signed, for localhost, 127.0.0.1 and mail.big-company.com. */
export const goodFiles = { certificate: path("certificate.pem"), key: path("key.pem") };
/** Self-signed, for localhost and 127.0.0.1, ended in 2021. */
export const expiredFiles = { certificate: path("expired-certificate.pem"), key: path("expired-key.pem") };
/** The good certificate as PEM, for a client that is to trust it. */
export const goodPem = readFileSync(goodFiles.certificate, "utf8");
/** For the same names, issued by the authority; ended in 2021. */
export const issuedExpiredFiles = {
  certificate: path("issued-expired-certificate.pem"),
  key: path("issued-expired-key.pem"),
};
export const authorityPem = readFileSync(path("authority.pem"), "utf8");
