import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import type { TlsPolicy } from "#mail/next-hop";
import {
  authorityPem,
  expiredFiles,
  goodFiles,
  goodPem,
  issuedExpiredFiles,
} from "../../test/tls/certificates.ts";
import { clientTls, TlsTrouble } from "./tls.ts";
import { Wire } from "./wire.ts";

const open: (() => unknown)[] = [];
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

/** Shakes hands with an old server; the version that was agreed on, or why not. */
async function shake(
  server: TlsOptions,
  policy: TlsPolicy,
  { host = "127.0.0.1", ca }: { readonly host?: string; readonly ca?: string } = {},
): Promise<string> {
  const listener = createServer(server, (socket) => socket.on("error", () => undefined));
  listener.on("tlsClientError", () => undefined);
  listener.listen(0, "127.0.0.1");
  open.push(() => listener.close());
  await once(listener, "listening");
  const socket = connect((listener.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  await using wire = new Wire(socket, 5000);
  try {
    await wire.startTlsClient({ ...clientTls(policy, host), ...(ca === undefined ? {} : { ca }) });
    return wire.tls?.getProtocol() ?? "none";
  } catch (error) {
    if (error instanceof TlsTrouble) return `${error.kind}: ${error.message}`;
    throw error;
  }
}

const read = (files: typeof goodFiles) => ({
  cert: readFileSync(files.certificate),
  key: readFileSync(files.key),
});
const upTo = (maxVersion: "TLSv1" | "TLSv1.1" | "TLSv1.2"): TlsOptions => ({
  ...read(goodFiles),
  minVersion: "TLSv1",
  maxVersion,
  ciphers: "DEFAULT@SECLEVEL=0",
});

describe("the oldest version that is taken", () => {
  it.each([
    ["TLSv1", "1.0", "TLSv1"],
    ["TLSv1.1", "1.0", "TLSv1.1"],
    ["TLSv1.1", "1.1", "TLSv1.1"],
    ["TLSv1.2", "1.1", "TLSv1.2"],
    ["TLSv1.2", "1.2", "TLSv1.2"],
  ] as const)("a server with %s at most, min=%s", async (most, minVersion, expected) => {
    expect(await shake(upTo(most), { mode: "verify", minVersion }, { ca: goodPem })).toBe(expected);
  });

  it.each([
    ["TLSv1", undefined],
    ["TLSv1.1", undefined],
    ["TLSv1", "1.1"],
    ["TLSv1.2", "1.3"],
  ] as const)(
    "a server with %s at most is refused with min=%s, and what helps is named",
    async (most, version) => {
      const policy: TlsPolicy = { mode: "verify", ...(version ? { minVersion: version } : {}) };
      const refused = await shake(upTo(most), policy, { ca: goodPem });
      expect(refused).toMatch(/^too-old: /);
      expect(refused).toContain("--tls verify,min=1.0");
    },
  );

  it("goes with a pin, which is still looked at", async () => {
    const sha256 = new X509Certificate(readFileSync(goodFiles.certificate)).fingerprint256
      .replaceAll(":", "")
      .toLowerCase();
    expect(await shake(upTo("TLSv1"), { mode: "pin", sha256, minVersion: "1.0" })).toBe("TLSv1");
    const other = await shake(upTo("TLSv1"), { mode: "pin", sha256: "ab".repeat(32), minVersion: "1.0" });
    expect(other).toMatch(/^wrong-pin: /);
  });
});

describe("a certificate that has expired", () => {
  const policy: TlsPolicy = { mode: "verify", allowExpired: true };

  it("is taken by the explicit word where it is for this host and its issuer is trusted", async () => {
    const server = read(issuedExpiredFiles);
    expect(await shake(server, policy, { ca: authorityPem })).toBe("TLSv1.3");
    expect(await shake(server, { mode: "verify" }, { ca: authorityPem })).toMatch(/^expired: /);
  });

  it("is refused all the same from nobody whom we trust, or for another host", async () => {
    const server = read(issuedExpiredFiles);
    expect(await shake(server, policy)).not.toContain("TLSv1");
    expect(await shake(server, policy, { ca: goodPem })).not.toContain("TLSv1");
    expect(await shake(server, policy, { ca: authorityPem, host: "10.0.0.5" })).not.toContain("TLSv1");
    expect(await shake(read(expiredFiles), policy)).not.toContain("TLSv1");
  });

  it("does not excuse other faults", async () => {
    expect(await shake(read(goodFiles), policy)).toMatch(/^self-signed: /);
    expect(await shake(read(goodFiles), policy, { ca: goodPem, host: "other.com" })).toMatch(/^wrong-name: /);
  });
});
