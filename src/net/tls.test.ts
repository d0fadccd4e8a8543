import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { TlsPolicy } from "#mail/next-hop";
import { silentLog } from "#observe/log";
import { expiredFiles, goodFiles, goodPem } from "../../test/tls/certificates.ts";
import { type CertificateFiles, CertificateTrouble, ServerCertificate } from "./certificate.ts";
import { Listener } from "./listener.ts";
import { clientTls, TlsTrouble } from "./tls.ts";
import { Wire, WireClosed } from "./wire.ts";

const pinOf = (path: string): string =>
  new X509Certificate(readFileSync(path)).fingerprint256.replaceAll(":", "").toLowerCase();

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Connects to a server that has a certificate, under a policy; what came of it. */
async function shake(files: CertificateFiles, policy: TlsPolicy, host: string, ca?: string): Promise<string> {
  const listener = await Listener.open({
    name: "pop3s",
    host: "127.0.0.1",
    port: 0,
    implicitTls: await ServerCertificate.load(files),
    maxConnections: 10,
    maxPerAddress: 10,
    idleMilliseconds: 5000,
    tooMany: "",
    log: silentLog,
    serve: (wire) => wire.write("+OK\r\n"),
  });
  open.push(() => listener.close(100));
  const socket = connect(listener.port, "127.0.0.1");
  await once(socket, "connect");
  await using wire = new Wire(socket, 5000);
  try {
    await wire.startTlsClient({ ...clientTls(policy, host), ...(ca === undefined ? {} : { ca }) });
    expect(wire.isSecure).toBe(true);
    return Buffer.from(await wire.readLine(100)).toString();
  } catch (error) {
    if (error instanceof TlsTrouble) return `${error.kind}: ${error.message}`;
    throw error;
  }
}

describe("a policy for connections we start", () => {
  it("verify takes a certificate that is trusted and for this name or address", async () => {
    expect(await shake(goodFiles, { mode: "verify" }, "127.0.0.1", goodPem)).toBe("+OK");
    expect(await shake(goodFiles, { mode: "verify" }, "mail.big-company.com", goodPem)).toBe("+OK");
  });

  it("verify refuses others, and says which pin would accept them", async () => {
    const pin = pinOf(goodFiles.certificate);
    const selfSigned = await shake(goodFiles, { mode: "verify" }, "127.0.0.1");
    expect(selfSigned).toMatch(/^self-signed: /);
    expect(selfSigned).toContain(`--tls pin=${pin}`);
    expect(await shake(goodFiles, { mode: "verify" }, "10.0.0.5", goodPem)).toMatch(
      /^wrong-name: .*--tls pin=/,
    );
    expect(await shake(goodFiles, { mode: "verify" }, "other.com", goodPem)).toMatch(/^wrong-name: /);
    const expired = readFileSync(expiredFiles.certificate, "utf8");
    expect(await shake(expiredFiles, { mode: "verify" }, "127.0.0.1", expired)).toMatch(/^expired: /);
  });

  it("pin takes exactly that certificate, self-signed and expired as it is", async () => {
    const sha256 = pinOf(expiredFiles.certificate);
    expect(await shake(expiredFiles, { mode: "pin", sha256 }, "10.0.0.5")).toBe("+OK");
    const other = await shake(goodFiles, { mode: "pin", sha256 }, "10.0.0.5");
    expect(other).toMatch(/^wrong-pin: /);
    expect(other).toContain(`pin=${pinOf(goodFiles.certificate)}`);
    expect(await shake(goodFiles, { mode: "pin", sha256: "" }, "10.0.0.5")).toMatch(/^wrong-pin: /);
    // A certificate that would be trusted is still not the pinned one.
    expect(await shake(goodFiles, { mode: "pin", sha256 }, "127.0.0.1", goodPem)).toMatch(/^wrong-pin: /);
  });

  it("opportunistic takes any", async () => {
    expect(await shake(expiredFiles, { mode: "opportunistic" }, "other.com")).toBe("+OK");
  });

  it("none has no TLS options", () => {
    expect(() => clientTls({ mode: "none" }, "10.0.0.5")).toThrow("no TLS");
  });

  it("says so when the other side speaks in clear", async () => {
    const listener = await Listener.open({
      name: "pop3",
      host: "127.0.0.1",
      port: 0,
      implicitTls: null,
      maxConnections: 10,
      maxPerAddress: 10,
      idleMilliseconds: 5000,
      tooMany: "",
      log: silentLog,
      serve: async (wire) => {
        await wire.readChunk();
        await wire.write("+OK ready, or so it seems\r\n");
        await wire.readChunk();
      },
    });
    open.push(() => listener.close(100));
    const socket = connect(listener.port, "127.0.0.1");
    await once(socket, "connect");
    await using wire = new Wire(socket, 5000);
    const error = await wire
      .startTlsClient(clientTls({ mode: "verify" }, "127.0.0.1"))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TlsTrouble);
    expect(String(error)).toContain("pop3://");
  });
});

describe("STLS on a wire", () => {
  it("ends the connection when octets came before the handshake", async () => {
    let end = "none";
    const certificate = await ServerCertificate.load(goodFiles);
    const served = Promise.withResolvers<void>();
    const listener = await Listener.open({
      name: "pop3",
      host: "127.0.0.1",
      port: 0,
      implicitTls: null,
      maxConnections: 10,
      maxPerAddress: 10,
      idleMilliseconds: 5000,
      tooMany: "",
      log: silentLog,
      serve: async (wire) => {
        await wire.readLine(100);
        await wire.startTlsServer(certificate.context).catch((error: unknown) => {
          end = error instanceof WireClosed ? error.reason : "other";
        });
        served.resolve();
      },
    });
    open.push(() => listener.close(100));
    const socket = connect(listener.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("STLS\r\nUSER mallory\r\n");
    await served.promise;
    expect(end).toBe("reset");
  });
});

describe("the server's certificate", () => {
  it("is reloaded while running, and kept when the new files are wrong", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mailferry-net-"));
    open.push(() => rm(folder, { recursive: true }));
    const files = { certificate: join(folder, "c.pem"), key: join(folder, "k.pem") };
    await copyFile(expiredFiles.certificate, files.certificate);
    await copyFile(expiredFiles.key, files.key);
    const certificate = await ServerCertificate.load(files);
    const before = certificate.context;
    await copyFile(goodFiles.certificate, files.certificate);
    await expect(certificate.reload()).rejects.toThrow(CertificateTrouble);
    expect(certificate.context).toBe(before);
    await copyFile(goodFiles.key, files.key);
    await certificate.reload();
    expect(certificate.context).not.toBe(before);
  });

  it("says which file is wrong", async () => {
    await expect(ServerCertificate.load({ ...goodFiles, key: "/nowhere/key.pem" })).rejects.toThrow(
      "/nowhere/key.pem",
    );
    const none = new URL("../../test/tls/README.md", import.meta.url).pathname;
    await expect(ServerCertificate.load({ ...goodFiles, certificate: none })).rejects.toThrow("no PEM");
  });
});
