/** The server's own certificate and key: loaded at start, reloaded while running. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContext } from "node:tls";

/** Where the PEM files are: the certificate with its chain, and the private key. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** The files cannot be used. The message names the file and says why. */
export class CertificateTrouble extends Error {
  constructor(text: string) {
    super(text);
    this.name = "CertificateTrouble";
  }
}

/** A certificate in use. Each handshake asks for the context anew, so a reload is seen at once. */
export class ServerCertificate {
  readonly #files: CertificateFiles;
  #loaded: Loaded;

  private constructor(files: CertificateFiles, loaded: Loaded) {
    this.#files = files;
    this.#loaded = loaded;
  }

  /** Reads both files. Throws CertificateTrouble. */
  static async load(files: CertificateFiles): Promise<ServerCertificate> {
    return new ServerCertificate(files, await readContext(files));
  }

  /** TLS 1.2 or newer (RFC 8314 §4.1, RFC 9325 §3.1.1). */
  get context(): SecureContext {
    return this.#loaded.context;
  }

  /** When it ends, epoch milliseconds. */
  get ends(): number {
    return this.#loaded.ends;
  }

  /** The host names it is good for, as its subjectAltName says. */
  get names(): readonly string[] {
    return this.#loaded.names;
  }

  /** Reads the files again, after a renewal. Throws CertificateTrouble, and then what was loaded stays. */
  async reload(): Promise<void> {
    this.#loaded = await readContext(this.#files);
  }
}

interface Loaded {
  readonly context: SecureContext;
  readonly ends: number;
  readonly names: readonly string[];
}

async function readContext(files: CertificateFiles): Promise<Loaded> {
  const [cert, key] = [await readPem(files.certificate), await readPem(files.key)];
  try {
    const context = createSecureContext({ cert, key, minVersion: "TLSv1.2" });
    const read = new X509Certificate(cert);
    const names = [...(read.subjectAltName ?? "").matchAll(/DNS:([^,\s"]+)/g)].map(([, name = ""]) => name);
    return { context, ends: read.validToDate.getTime(), names };
  } catch (error) {
    throw new CertificateTrouble(
      `certificate ${files.certificate} and key ${files.key} cannot be used together: ${textOf(error)}`,
    );
  }
}

async function readPem(path: string): Promise<Buffer> {
  let octets: Buffer;
  try {
    octets = await readFile(path);
  } catch (error) {
    throw new CertificateTrouble(`${path} cannot be read: ${textOf(error)}`);
  }
  if (!octets.includes("-----BEGIN ")) throw new CertificateTrouble(`${path} is no PEM file`);
  return octets;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
