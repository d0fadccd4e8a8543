/** The courier before a judge: an SMTP server that somebody else wrote. */
import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { expect, test } from "vitest";
import type { Hop } from "#queue/courier";
import { KnownGood } from "../../src/courier/known-good.ts";
import { SmtpCourier } from "../../src/courier/smtp-courier.ts";
import { goodFiles } from "../tls/certificates.ts";
import { consignment, fixedResolver } from "./consignment.ts";

const { signal } = new AbortController();

interface Taken {
  readonly octets: Buffer;
  readonly secure: boolean;
  readonly from: unknown;
  readonly to: readonly { readonly address: string; readonly args: unknown }[];
}

async function judge(
  options: SMTPServerOptions,
): Promise<AsyncDisposable & { port: number; taken: Taken[] }> {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    key: readFileSync(goodFiles.key),
    cert: readFileSync(goodFiles.certificate),
    authOptional: true,
    ...options,
    onData(stream, session, callback) {
      void buffer(stream).then((octets) => {
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({ octets, secure: session.secure, from: mailFrom, to: rcptTo });
        callback();
      });
    },
  });
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await new Promise((resolve) => listening.once("listening", resolve));
  const address = listening.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    taken,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const mail = (): SmtpCourier =>
  new SmtpCourier({
    heloName: "new.big-company.com",
    instanceId: "instance-4711",
    resolver: fixedResolver(),
    isOurs: () => false,
    knownGood: new KnownGood(),
  });

test.each<[string, SMTPServerOptions, Hop["tls"]["mode"]]>([
  ["over TLS", {}, "opportunistic"],
  ["in clear", { disabledCommands: ["STARTTLS"] }, "none"],
  ["without PIPELINING and 8BITMIME", { hidePIPELINING: true, hide8BITMIME: true }, "opportunistic"],
])("it takes every octet %s", async (_, options, mode) => {
  await using server = await judge(options);
  await using courier = mail();
  const hop = {
    name: "big-company.old",
    hosts: [{ host: "127.0.0.1", port: server.port }],
    tls: { mode },
  } as Hop;
  const odd = ".\r\n..\r\n.x\r\n\r\n\r\n.\r\n\x00\x7f\x80\xff\r\nlong: ".concat(
    "x".repeat(5000),
    "\r\n.\r\n",
  );
  const big = `Subject: x\r\n\r\n${"0123456789\r\n".repeat(100_000)}`;
  for (const text of [odd, "no line end", big, "\r\n"]) {
    const [result] = await courier.deliver(consignment(hop, ["anna@big-company.com"], text), signal);
    expect(result).toMatchObject({ kind: "delivered" });
    const whole = `Received: from here\r\n${text}${text.endsWith("\r\n") ? "" : "\r\n"}`;
    expect(server.taken.at(-1)?.octets.toString("latin1")).toBe(whole);
    expect(server.taken.at(-1)?.secure).toBe(mode !== "none");
  }
});

test("it understands what is said in the envelope", async () => {
  await using server = await judge({ size: 1_000_000 });
  await using courier = mail();
  const hop: Hop = {
    name: "big-company.old",
    hosts: [{ host: "127.0.0.1", port: server.port }],
    tls: { mode: "none" },
  };
  const parcel = consignment(hop, ["jürgen@big-company.com"], "x\r\n", { smtpUtf8: true, reversePath: "" });
  expect(await courier.deliver(parcel, signal)).toMatchObject([{ kind: "delivered" }]);
  expect(server.taken).toMatchObject([
    {
      from: { address: "", args: { SIZE: "24", SMTPUTF8: true, BODY: "8BITMIME" } },
      to: [{ address: "jürgen@big-company.com" }],
    },
  ]);
});
