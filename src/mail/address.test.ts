import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addressKey,
  domainKey,
  formatAddress,
  needsSmtpUtf8,
  parseAddress,
  splitSubAddress,
} from "./address.ts";

function key(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : addressKey(address);
}

describe("parseAddress", () => {
  it.each([
    ["anna@big-company.com", "anna", "big-company.com"],
    ["Anna.B@Big-Company.COM", "Anna.B", "big-company.com"],
    ["anna+lists@big-company.com", "anna+lists", "big-company.com"],
    ['"anna b"@big-company.com', "anna b", "big-company.com"],
    ['"a\\"b\\\\c"@big-company.com', 'a"b\\c', "big-company.com"],
    ['"anna@home"@big-company.com', "anna@home", "big-company.com"],
    ["anna@büro.example", "anna", "xn--bro-hoa.example"],
    ["änna@büro.example", "änna", "xn--bro-hoa.example"],
    ["anna@localhost", "anna", "localhost"],
    ["!#$%&'*+-/=?^_`{|}~@a.example", "!#$%&'*+-/=?^_`{|}~", "a.example"],
    // Against the RFC, but in use.
    ["anna..b@big-company.com", "anna..b", "big-company.com"],
    ["anna.@big-company.com", "anna.", "big-company.com"],
    [`${"a".repeat(64)}@a.example`, "a".repeat(64), "a.example"],
  ])("reads %s", (text, localPart, domain) => {
    expect(parseAddress(text)).toEqual({ localPart, domain });
  });

  it.each([
    "",
    "@",
    "anna",
    "anna@",
    "@big-company.com",
    "anna b@big-company.com",
    "<anna@big-company.com>",
    "anna@big-company.com\r\nRCPT TO:<bob@big-company.com>",
    "anna@big company.com",
    "anna@[192.0.2.1]",
    "anna@[IPv6:::1]",
    "anna@192.0.2.1",
    "anna@.big-company.com",
    "anna@big-company.com.",
    "anna@big..company.com",
    "anna@-big.com",
    "anna@big%2ecompany.com",
    "anna@big.com/x",
    '"anna@big-company.com',
    'an"na@big-company.com',
    '""@big-company.com',
    '"an\nna"@big-company.com',
    "an\u0000na@big-company.com",
    "an\u0085na@big-company.com",
    "an\ufffdna@big-company.com",
    "an\ud800na@big-company.com",
    `${"a".repeat(65)}@a.example`,
    `${"ä".repeat(33)}@a.example`,
    `anna@${"a".repeat(64)}.example`,
    `anna@${"a.".repeat(130)}example`,
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it("is undone by formatAddress", () => {
    const localPart = fc.string({
      unit: fc.constantFrom(...'ab.@"\\ (;<äß日+'),
      minLength: 1,
      maxLength: 20,
    });
    const domain = fc.constantFrom("big-company.com", "xn--bro-hoa.example", "localhost", "a_b.example");
    fc.assert(
      fc.property(localPart, domain, (local, name) => {
        const address = { localPart: local, domain: name };
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  it("gives an address or null for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const address = parseAddress(text);
        if (address !== null) expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  const collection = new URL("../../../shared/corpus/expected/addresses-isemail/tests.xml", import.meta.url);
  const isThere = existsSync(collection);
  if (!isThere && process.env.CI !== "true")
    it.skip("agrees with the shared corpus, which is not there", () => {});
  else {
    it("takes every plain address of the corpus and none that is broken", () => {
      const tests = readFileSync(collection, "utf8").matchAll(
        /<address>([^<]*)<\/address>[\s\S]*?<category>(\w+)<\/category>\s*<diagnosis>(\w+)<\/diagnosis>/g,
      );
      // These diagnoses are about what we take on purpose, or about limits that are DNS's or a style's.
      const tolerated = ["ISEMAIL_ERR_CONSECUTIVEDOTS", "ISEMAIL_ERR_DOT_START", "ISEMAIL_ERR_DOT_END"];
      let seen = 0;
      for (const [, escaped = "", category = "", diagnosis = ""] of tests) {
        const address = escaped
          .replace(/&#x(\w+);/g, (_all, hex: string) => {
            const code = Number.parseInt(hex, 16);
            // Control pictures stand for the control characters themselves.
            return String.fromCodePoint(code >= 0x2400 && code <= 0x2420 ? code - 0x2400 : code);
          })
          .replace(/&quot;/g, '"')
          .replace(/&lt;/g, "<")
          .replace(/&gt;/g, ">")
          .replace(/&amp;/g, "&");
        seen++;
        const isLiteral = address.endsWith("]");
        if (category === "ISEMAIL_VALID_CATEGORY") expect(parseAddress(address), address).not.toBeNull();
        if (category === "ISEMAIL_ERR" && !tolerated.includes(diagnosis)) {
          expect(parseAddress(address), `${address} ${diagnosis}`).toBeNull();
        }
        if (isLiteral) expect(parseAddress(address)).toBeNull();
      }
      expect(seen).toBeGreaterThan(150);
    });
  }
});

describe("addressKey", () => {
  it("is the same for spellings that mean one person", () => {
    expect(key("Anna@Big-Company.com")).toBe("anna@big-company.com");
    expect(key('"anna"@big-company.com')).toBe("anna@big-company.com");
    expect(key("ÄNNA@BÜRO.example")).toBe("änna@xn--bro-hoa.example");
    expect(key("a\u0308nna@büro.example")).toBe("änna@xn--bro-hoa.example");
    expect(key('"Anna B"@big-company.com')).toBe('"anna b"@big-company.com');
  });

  it("keeps different people apart", () => {
    expect(key('"anna@big-company.com"@b.example')).not.toBe(key("anna@big-company.com"));
    expect(key("anna.b@b.example")).not.toBe(key("annab@b.example"));
  });
});

describe("domainKey", () => {
  it.each([
    ["Big-Company.COM", "big-company.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["XN--bcher-kva.example", "xn--bcher-kva.example"],
    ["日本。jp", "xn--wgv71a.jp"],
    ["localhost", "localhost"],
  ])("%s is %s", (name, expected) => {
    expect(domainKey(name)).toBe(expected);
    expect(domainKey(expected)).toBe(expected);
  });

  it.each([
    "",
    ".",
    "a..b",
    "192.0.2.1",
    "１２７.0.0.1",
    "0x7f.1",
    "[::1]",
    "a b",
    "a@b",
    "a:25",
    "xn--iñ.com",
  ])("%j is no domain name", (name) => {
    expect(domainKey(name)).toBeNull();
  });
});

describe("sub-addresses and SMTPUTF8", () => {
  it("splits at the first plus", () => {
    const split = (text: string) =>
      splitSubAddress(parseAddress(text) ?? { localPart: "", domain: "" })?.localPart;
    expect(split("anna+a+b@big-company.com")).toBe("anna");
    expect(split("anna@big-company.com")).toBeUndefined();
    expect(split("+anna@big-company.com")).toBeUndefined();
  });

  it("needs SMTPUTF8 for the local part alone", () => {
    expect(needsSmtpUtf8({ localPart: "änna", domain: "big-company.com" })).toBe(true);
    expect(needsSmtpUtf8({ localPart: "anna", domain: "xn--bro-hoa.example" })).toBe(false);
  });
});
