import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSmtpUtf8, parseMail, parseRecipient } from "./envelope-arguments.ts";
import { parseChunk, parseCommandLine, parseHelloName } from "./grammar.ts";
import { isReversePath, parsePathArgument } from "./path.ts";
import { decodeXtext } from "./xtext.ts";

const octets = fc.uint8Array({ maxLength: 600 });
/** Text that is likely to come near to something that means something. */
const nearly = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "FROM:",
        "TO:",
        "<",
        ">",
        "@",
        '"',
        "\\",
        "a",
        ".",
        ",",
        ":",
        "[",
        "]",
        " ",
        "\t",
        "=",
        "+",
      ),
      fc.constantFrom(
        "SIZE",
        "BODY",
        "8BITMIME",
        "NOTIFY",
        "NEVER",
        "ORCPT",
        "rfc822;",
        "2B",
        "ENVID",
        "ä",
        "\ud800",
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe("any input", () => {
  test("any octets are a command line or none", () => {
    fc.assert(
      fc.property(octets, (line) => {
        const read = parseCommandLine(line);
        if (read.ok) expect(read.value.verb).toMatch(/^[A-Z0-9]{1,20}$/);
        else expect(read.problem.code).toBe(500);
      }),
    );
  });

  test("any text is an argument or a problem in the 500s", () => {
    fc.assert(
      fc.property(nearly, (text) => {
        for (const argument of [text, `FROM:${text}`, `TO:<${text}`, `FROM:<a@b.example> ${text}`]) {
          for (const read of [parseMail(argument), parseRecipient(argument), parseChunk(argument)]) {
            if (!read.ok) expect(read.problem.code).toBeGreaterThanOrEqual(500);
          }
        }
      }),
    );
  });

  test("a path that is taken holds no control characters, and a long hostile one takes no time", () => {
    for (const hostile of [
      `<${"@a,".repeat(50_000)}`,
      `<${'"\\'.repeat(50_000)}`,
      `<${"@[".repeat(50_000)}>`,
    ]) {
      expect(parsePathArgument(`FROM:${hostile}`, "FROM").ok).toBe(false);
    }
  });

  test("xtext is undone", () => {
    const encode = (text: string): string =>
      [...Buffer.from(text)]
        .map((octet) =>
          octet > 0x20 && octet < 0x7f && octet !== 0x2b && octet !== 0x3d
            ? String.fromCharCode(octet)
            : `+${octet.toString(16).toUpperCase().padStart(2, "0")}`,
        )
        .join("");
    const printable = fc.string({ unit: "grapheme" }).filter((text) => !/[\x00-\x1f\x7f\ufffd]/.test(text));
    fc.assert(
      fc.property(printable, (text) => {
        expect(decodeXtext(encode(text))).toBe(text);
      }),
    );
  });
});

describe("paths", () => {
  const path = (argument: string): unknown => {
    const read = parsePathArgument(argument, "TO");
    return read.ok ? read.value : null;
  };

  test.each([
    ["TO:<a@b.example>", "a@b.example", ""],
    ["to : <a@b.example> X=1", "a@b.example", "X=1"],
    ["TO:a@b.example", "a@b.example", ""],
    ["TO:<@r.example,@[IPv6:::1]:a@b.example>", "a@b.example", ""],
    ['TO:<"a>b\\" c"@b.example> NOTIFY=NEVER', '"a>b\\" c"@b.example', "NOTIFY=NEVER"],
    ["TO:<>", "", ""],
  ])("%s", (argument, expected, rest) => {
    expect(path(argument)).toEqual({ path: expected, rest });
  });

  test.each([
    "TO:",
    "TO",
    "FROM:<a@b.example>",
    "TO:<a@b.example",
    "TO:<a@b.example>X=1",
    `TO:<${"a".repeat(2000)}>`,
  ])("%.40s is none", (argument) => {
    expect(path(argument)).toBeNull();
  });

  test.each([
    ["", true],
    ["a@b.example", true],
    ["a@[192.0.2.1]", true],
    ["a@[IPv6:2001:db8::1]", true],
    ["a", false],
    ["@b.example", false],
    ["a@[evil.example]", false],
    [`${"a".repeat(60)}@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}`, false],
  ])("%s as reverse-path: %s", (text, expected) => {
    expect(isReversePath(text)).toBe(expected);
  });
});

describe("MAIL and RCPT", () => {
  test("every parameter comes out", () => {
    const mail = parseMail(
      "FROM:<a@b.example> SIZE=12 body=8BitMime SMTPUTF8 RET=hdrs ENVID=x+2By AUTH=a+40b.example",
    );
    expect(mail).toEqual({
      ok: true,
      value: {
        reversePath: "a@b.example",
        size: 12,
        body: "8BITMIME",
        smtpUtf8: true,
        ret: "HDRS",
        envelopeId: "x+y",
      },
    });
    expect(parseRecipient("TO:<a@b.example> NOTIFY=delay,SUCCESS ORCPT=rfc822;A+40B.example")).toEqual({
      ok: true,
      value: {
        address: "a@b.example",
        notify: ["SUCCESS", "DELAY"],
        originalRecipient: "rfc822;A@B.example",
      },
    });
  });

  test.each([
    "NOTIFY=",
    "NOTIFY",
    "NOTIFY=NEVER,SUCCESS",
    "NOTIFY=SUCCESS,SUCCESS",
    "NOTIFY=NOW",
    "ORCPT=rfc822;",
    "ORCPT=rfc822;a+0D+0Ab",
    `ORCPT=rfc822;${"a".repeat(501)}`,
    "SIZE=1",
    "constructor=1",
    "__proto__=1",
  ])("RCPT with %.40s is refused", (parameter) => {
    expect(parseRecipient(`TO:<a@b.example> ${parameter}`).ok).toBe(false);
  });

  test("an address beyond ASCII needs SMTPUTF8", () => {
    const recipient = { address: "ä@b.example", notify: null, originalRecipient: null };
    expect(checkSmtpUtf8(recipient, false)).toMatchObject({ problem: { code: 553, enhanced: "5.6.7" } });
    expect(checkSmtpUtf8(recipient, true).ok).toBe(true);
  });
});

test.each([
  ["client.example.net", true],
  ["[192.0.2.1]", true],
  ["my_laptop", true],
  ["", false],
  ["two words", false],
  ["x".repeat(256), false],
])("EHLO %.20s: %s", (name, ok) => {
  expect(parseHelloName(name).ok).toBe(ok);
});
