import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExtensions } from "./smtp-extensions.ts";
import { enhancedOf, parseReplyLine, readReply, replyText, SmtpProtocolError } from "./smtp-replies.ts";

function server(...lines: string[]): () => Promise<Uint8Array> {
  const left = lines.map((line) => Buffer.from(line));
  return async () => {
    const line = left.shift();
    if (!line) throw new Error("nothing more to read");
    return line;
  };
}

test("a reply of one line", async () => {
  expect(await readReply(server("250 2.1.0 fine"))).toEqual({
    code: 250,
    enhanced: "2.1.0",
    lines: ["fine"],
  });
});

test("several lines, each with its enhanced code", async () => {
  const reply = await readReply(server("550-5.1.1 no such", "550-5.1.1 person", "550 5.1.1 here"));
  expect(reply).toEqual({ code: 550, enhanced: "5.1.1", lines: ["no such", "person", "here"] });
  expect(replyText(reply)).toBe("no such person here");
});

test.each([
  ["250", { code: 250, isLast: true, text: "" }],
  ["250-", { code: 250, isLast: false, text: "" }],
  ["354\tgo", { code: 354, isLast: true, text: "go" }],
  ["250 caf\u00e9 \x07 \x9b", { code: 250, isLast: true, text: "café ? ?" }],
])("tolerates %j", (line, parsed) => {
  expect(parseReplyLine(Buffer.from(line))).toEqual(parsed);
});

test.each(["", "25", "650 no", "150 no", "2500 no", "+OK", "250x", " 250 no"])("is no reply: %j", (line) => {
  expect(parseReplyLine(Buffer.from(line))).toBeNull();
});

test("an enhanced code of another class than the reply code is not believed", async () => {
  const reply = await readReply(server("450 5.1.1 maybe"));
  expect(reply.enhanced).toBeNull();
  expect(enhancedOf(reply)).toBe("4.0.0");
});

test("what is no SMTP, and a reply without end, are protocol errors", async () => {
  await expect(readReply(server("HTTP/1.1 400 Bad Request"))).rejects.toThrow(SmtpProtocolError);
  const endless = async (): Promise<Uint8Array> => Buffer.from("250-and");
  await expect(readReply(endless)).rejects.toThrow("without end");
});

test("any line is either a reply of printable text or none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (octets) => {
      const line = parseReplyLine(octets);
      if (line) expect(line.text).toMatch(/^[^\x00-\x1f\x7f]{0,500}$/s);
    }),
  );
});

test("EHLO tells the extensions", async () => {
  const reply = await readReply(
    server("250-old here", "250-size 1000", "250-Pipelining", "250-AUTH=LOGIN", "250-AUTH PLAIN", "250 DSN"),
  );
  expect(parseExtensions(reply)).toEqual({
    startTls: false,
    pipelining: true,
    size: 1000,
    eightBitMime: false,
    smtpUtf8: false,
    dsn: true,
  });
});

test.each([
  ["250 SIZE", 0],
  ["250 SIZE 0", 0],
  ["250 SIZE a lot", 0],
  ["250 NOOP", null],
])("%s", async (line, size) => {
  expect(parseExtensions(await readReply(server("250-old", line))).size).toBe(size);
});
