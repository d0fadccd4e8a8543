import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { must } from "../program.ts";

/** A self-signed certificate for 127.0.0.1 and localhost. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly pem: string;
}

/** Makes one with openssl, in `directory`. */
export async function makeCertificate(directory: string): Promise<Certificate> {
  const certificateFile = join(directory, "certificate.pem");
  const keyFile = join(directory, "key.pem");
  await must([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-keyout", keyFile, "-out", certificateFile, "-days", "30", "-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
  ]);
  return { certificateFile, keyFile, pem: await readFile(certificateFile, "utf8") };
}
