import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import {
  composeMessage,
  type MessageDetails,
  parseMailbox,
  parseMessageTemplate,
} from "./message-compose.ts";

const details: MessageDetails = {
  from: { name: "Postmaster", address: { localPart: "postmaster", domain: "big-company.com" } },
  subject: "Welcome",
  to: { name: null, address: { localPart: "anna", domain: "big-company.com" } },
  date: new Date("2025-03-04T12:00:00Z"),
  messageId: "<m1@big-company.com>",
};

function compose(template: string): string {
  const parsed = parseMessageTemplate(template);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return Buffer.from(composeMessage(parsed, details)).toString();
}

describe("parseMessageTemplate", () => {
  it("takes leading fields and then the text", () => {
    expect(
      parseMessageTemplate("\ufeffSubject: Hello\r\nFrom: Help <help@big-company.com>\r\n\r\nText: all\r\n"),
    ).toEqual({
      subject: "Hello",
      from: { name: "Help", address: { localPart: "help", domain: "big-company.com" } },
      replyTo: null,
      text: "Text: all\n",
    });
  });

  it.each(["Hello\nSubject: no field here\n", "Dear user: welcome\n", "", "\nSubject: x\n"])(
    "takes %j for text alone",
    (text) => {
      expect(parseMessageTemplate(text)).toEqual({ subject: null, from: null, replyTo: null, text });
    },
  );

  it("says what it cannot use, and where", () => {
    expect(parseMessageTemplate("Subject: x\nHello\n")).toMatchObject({ line: 2 });
    expect(parseMessageTemplate("Subject: x\nTo: all@big-company.com\n\nHello")).toMatchObject({ line: 2 });
    expect(parseMessageTemplate("Subject: x\nFrom: nobody\n\nHello")).toMatchObject({ line: 2 });
    expect(parseMessageTemplate("Subject: x")).toMatchObject({ line: 2 });
  });
});

describe("parseMailbox", () => {
  it("reads names as people write them", () => {
    const address = { localPart: "anna", domain: "big-company.com" };
    expect(parseMailbox("anna@big-company.com")).toEqual({ name: null, address });
    expect(parseMailbox("<anna@big-company.com>")).toEqual({ name: null, address });
    expect(parseMailbox('"B, Anna" <anna@big-company.com>')).toEqual({ name: "B, Anna", address });
    expect(parseMailbox("Anna Ä <anna@big-company.com>")).toEqual({ name: "Anna Ä", address });
    for (const text of ["", "Anna", "Anna <x>", "<a@b.example> <c@d.example>"])
      expect(parseMailbox(text)).toBeNull();
  });
});

describe("composeMessage", () => {
  it("writes a plain message", () => {
    expect(compose("Hello,\nwelcome.")).toBe(
      [
        "From: Postmaster <postmaster@big-company.com>",
        "To: <anna@big-company.com>",
        "Subject: Welcome",
        "Date: Tue, 4 Mar 2025 12:00:00 +0000",
        "Message-ID: <m1@big-company.com>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "Content-Transfer-Encoding: 7bit",
        "",
        "Hello,",
        "welcome.",
        "",
      ].join("\r\n"),
    );
  });

  it("says in any language what it was given, in lines that travel", async () => {
    const characters = fc.string({ unit: "grapheme", maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(characters, characters, async (subject, body) => {
        const text = `${body.replace(/[\0-\x1f\x7f\u2028\u2029\ufeff]/g, "\n")}é`;
        const message = composeMessage({ subject, from: null, replyTo: null, text }, details);
        const wire = Buffer.from(message).toString("latin1");
        expect(wire).toMatch(/^[\t\r\n\x20-\x7e]*$/);
        for (const line of wire.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
        const parsed = await PostalMime.parse(message);
        expect(parsed.text?.trimEnd()).toBe(text.trimEnd());
      }),
      { numRuns: 100 },
    );
  });

  it("encodes names and subjects, and keeps them in their fields", async () => {
    const text = compose(
      'Subject: Über alles, was neu ist: der Umzug der Postfächer am kommenden Wochenende\nFrom: Jörg <j@a.example>\nReply-To: "B, Anna" <anna@big-company.com>\n\nx',
    );
    const parsed = await PostalMime.parse(text);
    expect(parsed.subject).toBe("Über alles, was neu ist: der Umzug der Postfächer am kommenden Wochenende");
    expect(parsed.from).toMatchObject({ name: "Jörg", address: "j@a.example" });
    expect(parsed.replyTo?.[0]).toMatchObject({ name: "B, Anna", address: "anna@big-company.com" });
    const injected = composeMessage(
      { subject: "a\r\nBcc: x@y.example", from: null, replyTo: null, text: "" },
      details,
    );
    expect(Buffer.from(injected).toString()).toContain("Subject: a Bcc: x@y.example\r\n");
  });

  it("folds long subjects", () => {
    const long = compose(`Subject: ${"word ".repeat(60)}${"x".repeat(2000)}\n\nx`);
    for (const line of long.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
  });
});
