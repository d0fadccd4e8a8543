import { expect, test } from "vitest";
import { noExtensions } from "./smtp-extensions.ts";
import {
  fitsCommand,
  mailCommand,
  rcptCommand,
  type SmtpSender,
  writableAddress,
  xtext,
} from "./smtp-parameters.ts";

const everything = { ...noExtensions, size: 0, eightBitMime: true, smtpUtf8: true, dsn: true };
const sender: SmtpSender = {
  reversePath: "bob@example.com",
  size: 1234,
  body: "8BITMIME",
  needsSmtpUtf8: false,
  envelopeId: "QQ 314+159",
  ret: "HDRS",
};

test("MAIL with everything that is offered", () => {
  expect(mailCommand(sender, everything)).toBe(
    "MAIL FROM:<bob@example.com> SIZE=1234 BODY=8BITMIME RET=HDRS ENVID=QQ+20314+2B159",
  );
  expect(mailCommand({ ...sender, needsSmtpUtf8: true, envelopeId: null, ret: null }, everything)).toBe(
    "MAIL FROM:<bob@example.com> SIZE=1234 BODY=8BITMIME SMTPUTF8",
  );
});

test("MAIL to a server that offers nothing", () => {
  expect(mailCommand(sender, noExtensions)).toBe("MAIL FROM:<bob@example.com>");
  expect(mailCommand({ ...sender, reversePath: "" }, noExtensions)).toBe("MAIL FROM:<>");
});

test("RCPT passes on what the sender wants to hear", () => {
  const recipient = {
    address: "anna@big-company.com",
    notify: ["SUCCESS", "FAILURE"] as const,
    originalRecipient: "rfc822;anna+tag@big-company.com",
  };
  expect(rcptCommand(recipient, everything)).toBe(
    "RCPT TO:<anna@big-company.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;anna+2Btag@big-company.com",
  );
  expect(rcptCommand(recipient, noExtensions)).toBe("RCPT TO:<anna@big-company.com>");
});

test("an original recipient beyond ASCII, with SMTPUTF8 and without", () => {
  const recipient = {
    address: "a@big-company.com",
    notify: null,
    originalRecipient: "utf-8;jürgen@big-company.com",
  };
  expect(rcptCommand(recipient, everything)).toContain("ORCPT=utf-8;jürgen@big-company.com");
  expect(rcptCommand(recipient, { ...everything, smtpUtf8: false })).toContain(
    "ORCPT=utf-8;j\\x{FC}rgen@big-company.com",
  );
});

test("a domain beyond ASCII is written with A-labels where SMTPUTF8 is not offered", () => {
  expect(writableAddress("anna@größe.de", true)).toBe("anna@größe.de");
  expect(writableAddress("anna@größe.de", false)).toBe("anna@xn--gre-6ka8i.de");
  expect(writableAddress("jürgen@big-company.com", false)).toBeNull();
  expect(writableAddress("", false)).toBe("");
});

test("an address that would end the command fits none", () => {
  expect(fitsCommand("a@b.com>\r\nRSET")).toBe(false);
  expect(fitsCommand("a@b.com> SIZE=0")).toBe(false);
  expect(fitsCommand('"a b>"@b.com')).toBe(true);
  expect(fitsCommand('"a\r\n"@b.com')).toBe(false);
  expect(() => mailCommand({ ...sender, reversePath: "a@b.com>\r\nRSET" }, everything)).toThrow(RangeError);
});

test("xtext", () => {
  expect(xtext("a+b=c d")).toBe("a+2Bb+3Dc+20d");
});
