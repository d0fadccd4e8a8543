import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { composeDsn, type Dsn, type DsnRecipient } from "./dsn.ts";
import { factsOf } from "./facts.ts";
import { headerFields, unfold } from "./header.ts";
import { partAt } from "./part-path.ts";

const bob: DsnRecipient = {
  address: "bob@big-company.com",
  originalRecipient: "rfc822;sales@big-company.com",
  action: "failed",
  status: "5.1.1",
  reply: "550 5.1.1 No such user",
  remoteMta: "mx.big-company.com",
  lastAttempt: new Date("2025-03-04T12:00:00Z"),
  willRetryUntil: null,
};

const dsn: Dsn = {
  reportingMta: "mail.example",
  envelopeId: "QQ314159",
  arrivalDate: new Date("2025-03-04T11:00:00Z"),
  to: "anna@a.example",
  messageId: "<r1@mail.example>",
  date: new Date("2025-03-04T12:00:01Z"),
  recipients: [bob],
  smtpUtf8: false,
  returned: { octets: Buffer.from("Subject: hello\r\nFrom: <anna@a.example>\r\n"), whole: false },
};

function body(octets: Uint8Array, ...path: number[]): string {
  const part = partAt(factsOf(octets).structure, path);
  return Buffer.from(octets.subarray(part?.body.start, part?.body.end)).toString();
}

function types(octets: Uint8Array): string[] {
  return factsOf(octets).structure.parts.map((part) => `${part.type}/${part.subtype} ${part.encoding}`);
}

describe("composeDsn", () => {
  it("reports what RFC 3464 wants told", () => {
    const octets = composeDsn(dsn);
    const facts = factsOf(octets);
    expect([facts.structure.type, facts.structure.subtype]).toEqual(["multipart", "report"]);
    expect(facts.structure.parameters).toContainEqual(["report-type", "delivery-status"]);
    expect(facts.envelope.to).toEqual([[null, null, "anna", "a.example"]]);
    expect(facts.envelope.from).toEqual([["Mail Delivery System", null, "MAILER-DAEMON", "mail.example"]]);
    expect(types(octets)).toEqual([
      "text/plain 7bit",
      "message/delivery-status 7bit",
      "text/rfc822-headers 7bit",
    ]);
    expect(body(octets, 2)).toBe(
      [
        "Reporting-MTA: dns; mail.example",
        "Original-Envelope-Id: QQ314159",
        "Arrival-Date: Tue, 4 Mar 2025 11:00:00 +0000",
        "",
        "Original-Recipient: rfc822; sales@big-company.com",
        "Final-Recipient: rfc822; bob@big-company.com",
        "Action: failed",
        "Status: 5.1.1",
        "Remote-MTA: dns; mx.big-company.com",
        "Diagnostic-Code: smtp; 550 5.1.1 No such user",
        "Last-Attempt-Date: Tue, 4 Mar 2025 12:00:00 +0000",
        "",
      ].join("\r\n"),
    );
    expect(body(octets, 1)).toContain("<bob@big-company.com>");
    expect(body(octets, 1)).toContain("mx.big-company.com said: 550 5.1.1 No such user");
    expect(body(octets, 3)).toBe(Buffer.from(dsn.returned.octets).toString());
    expect(Buffer.from(octets).toString("latin1")).not.toMatch(/[^\r]\n|\r[^\n]/);
  });

  it.each([
    ["192.0.2.25", "[192.0.2.25]"],
    ["2001:db8::25", "[IPv6:2001:db8::25]"],
    ["mx.big-company.com", "mx.big-company.com"],
  ])("names the server %s as %s", (remoteMta, name) => {
    const recipients = dsn.recipients.map((recipient) => ({ ...recipient, remoteMta }));
    expect(body(composeDsn({ ...dsn, recipients }), 2)).toContain(`\r\nRemote-MTA: dns; ${name}\r\n`);
  });

  it("returns the whole message where that was asked for", () => {
    const octets = Buffer.from("Subject: h\u00e9\r\n\r\nbody\r\n.\r\n", "latin1");
    const report = composeDsn({ ...dsn, returned: { octets, whole: true } });
    expect(types(report)[2]).toBe("message/rfc822 8bit");
    expect(body(report, 3)).toBe(octets.toString());
  });

  it("groups recipients and speaks of failure first", () => {
    const retry = new Date("2025-03-09T12:00:00Z");
    const delayed: DsnRecipient = {
      ...bob,
      address: "carl@b.example",
      action: "delayed",
      willRetryUntil: retry,
    };
    const octets = composeDsn({ ...dsn, recipients: [delayed, bob] });
    expect(factsOf(octets).envelope.subject).toBe("Your message could not be delivered");
    expect(body(octets, 2).split("\r\n\r\n")).toHaveLength(3);
    expect(body(octets, 2)).toContain("Will-Retry-Until: Sun, 9 Mar 2025 12:00:00 +0000");
    const words = body(octets, 1);
    expect(words.indexOf("<bob@")).toBeLessThan(words.indexOf("<carl@"));
    expect(factsOf(composeDsn({ ...dsn, recipients: [delayed] })).envelope.subject).toBe(
      "Your message is delayed",
    );
    const done: DsnRecipient = { ...bob, action: "relayed", status: "2.0.0", reply: null };
    expect(factsOf(composeDsn({ ...dsn, recipients: [done] })).envelope.subject).toBe(
      "Your message was delivered",
    );
  });

  it("writes UTF-8 addresses as they are if the sender knows SMTPUTF8, else escaped (RFC 6533)", () => {
    const recipients = [
      { ...bob, address: "jörg+x@büro.example", originalRecipient: "utf-8;jörg@büro.example" },
    ];
    const utf8 = composeDsn({ ...dsn, smtpUtf8: true, recipients });
    expect(types(utf8).slice(1)).toEqual([
      "message/global-delivery-status 8bit",
      "message/global-headers 7bit",
    ]);
    expect(body(utf8, 2)).toContain("Final-Recipient: utf-8; jörg\\x{2B}x@büro.example\r\n");
    expect(body(utf8, 2)).toContain("Original-Recipient: utf-8; jörg@büro.example\r\n");
    const ascii = composeDsn({ ...dsn, recipients });
    expect(body(ascii, 2)).toContain("Final-Recipient: utf-8; j\\x{F6}rg\\x{2B}x@b\\x{FC}ro.example\r\n");
    expect(types(ascii)[1]).toBe("message/delivery-status 7bit");
  });

  it("lets no text from outside break its form", () => {
    const evil = "550 x\r\n\r\n--b\r\nSubject: forged\r\n\0\u00e9";
    const recipients = [
      { ...bob, reply: evil.repeat(100), remoteMta: evil, originalRecipient: evil, status: evil },
    ];
    const octets = composeDsn({ ...dsn, envelopeId: evil, recipients });
    expect(types(octets)).toHaveLength(3);
    const blocks = body(octets, 2).split("\r\n\r\n");
    expect(blocks).toHaveLength(2);
    for (const block of blocks) {
      const names = [...headerFields(Buffer.from(block))].map((field) => field.name);
      expect(names).not.toContain("Subject");
      expect(block).toMatch(/^[\x20-\x7e\r\n]*$/);
    }
    for (const line of Buffer.from(octets).toString().split("\r\n")) expect(line.length).toBeLessThan(998);
  });

  it("is understood by another parser", async () => {
    const parsed = await PostalMime.parse(Buffer.from(composeDsn(dsn)));
    expect(parsed.subject).toBe("Your message could not be delivered");
    expect(parsed.text).toContain("No such user");
    expect(parsed.headers.find(({ key }) => key === "auto-submitted")?.value).toBe("auto-replied");
  });

  it("folds long replies into one field", () => {
    const reply = `550 5.7.1 ${"word ".repeat(100)}`.trim();
    const status =
      body(composeDsn({ ...dsn, recipients: [{ ...bob, reply }] }), 2).split("\r\n\r\n")[1] ?? "";
    const field = [...headerFields(Buffer.from(status))].find(({ name }) => name === "Diagnostic-Code");
    expect(unfold(field?.value ?? "")).toBe(`smtp; ${reply}`);
  });
});
