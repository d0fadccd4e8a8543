/** A mail library that is not ours sends mail through the submission listeners. */
import { createTransport } from "nodemailer";
import { describe, expect, test } from "vitest";
import { House } from "../../test/smtp/house.ts";
import { openSmtp } from "../../test/smtp/open.ts";
import { goodPem } from "../../test/tls/certificates.ts";

const user = "anna@big-company.com";

describe("nodemailer", () => {
  test.each([
    ["submission", "STARTTLS", "PLAIN"],
    ["submissions", "TLS from the start", "PLAIN"],
    ["submissions", "TLS from the start", "LOGIN"],
  ] as const)("on %s with %s and %s", async (kind, _how, method) => {
    const house = new House();
    await using listener = await openSmtp(house, { kind });
    const transport = createTransport({
      host: "localhost",
      port: listener.port,
      secure: kind === "submissions",
      requireTLS: true,
      authMethod: method,
      auth: { user, pass: "secret" },
      tls: { ca: goodPem },
      name: "laptop",
    });
    const attachment = Buffer.alloc(40_000, "\0\r\n.\xff", "latin1");
    const sent = await transport.sendMail({
      from: `Anna <${user}>`,
      to: ["bob@big-company.com", "carol@big-company.com", "nobody@big-company.com"],
      subject: "Grüße",
      text: ".\n..\nEnd",
      attachments: [{ filename: "all.bin", content: attachment }],
      dsn: { id: "id-7", return: "headers", notify: ["failure", "delay"], recipient: user },
    });
    expect(sent.accepted).toEqual(["bob@big-company.com", "carol@big-company.com"]);
    expect(sent.rejected).toEqual(["nobody@big-company.com"]);
    expect(sent.response).toMatch(/^250 2\.0\.0 Queued as /);
    const [taken] = house.taken;
    expect(taken?.message).toMatchObject({
      reversePath: user,
      envelopeId: "id-7",
      ret: "HDRS",
      protocol: "ESMTPSA",
      authenticated: user,
    });
    expect(taken?.local).toEqual([{ mailbox: 2, address: "bob@big-company.com" }]);
    expect(taken?.queued).toMatchObject([{ address: "carol@big-company.com", notify: ["FAILURE", "DELAY"] }]);
    expect(taken?.octets).toContain("\r\n\r\n.\r\n..\r\nEnd\r\n");
    const encoded =
      /base64\r\nContent-Disposition: [^\r]*\r\n\r\n([^-]*)/.exec(taken?.octets ?? "")?.[1] ?? "";
    expect(Buffer.from(encoded, "base64").equals(attachment)).toBe(true);
    transport.close();
  });

  test("is told that a password is wrong, and that one cannot be checked now", async () => {
    await using listener = await openSmtp(new House(), { kind: "submissions" });
    const verify = (name: string, pass: string) =>
      createTransport({
        host: "localhost",
        port: listener.port,
        secure: true,
        auth: { user: name, pass },
        tls: { ca: goodPem },
      }).verify();
    await expect(verify(user, "wrong")).rejects.toMatchObject({ code: "EAUTH", responseCode: 535 });
    await expect(verify("locked@big-company.com", "secret")).rejects.toMatchObject({ responseCode: 454 });
    await expect(verify(user, "secret")).resolves.toBe(true);
  });

  test("sends many messages over pooled connections", async () => {
    const house = new House();
    await using listener = await openSmtp(house, { kind: "submissions" });
    const transport = createTransport({
      pool: true,
      maxConnections: 3,
      host: "localhost",
      port: listener.port,
      secure: true,
      auth: { user, pass: "secret" },
      tls: { ca: goodPem },
    });
    const messages = Array.from({ length: 30 }, (_, index) =>
      transport.sendMail({ from: user, to: "bob@big-company.com", subject: `Number ${index}`, text: "x" }),
    );
    await Promise.all(messages);
    transport.close();
    const subjects = house.taken.map(({ octets }) => /Subject: (.*)\r\n/.exec(octets)?.[1]);
    expect(new Set(subjects).size).toBe(30);
    expect(house.taken).toHaveLength(30);
  });
});
