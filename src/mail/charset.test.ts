import { describe, expect, it } from "vitest";
import { charsetStream, decodeCharset, knowsCharset, unnamedStream } from "./charset.ts";
import { decodeWords } from "./encoded-word.ts";

function octets(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

describe("decodeCharset", () => {
  it.each([
    ["utf-8", "Gr\xc3\xbc\xc3\x9fe", "Grüße"],
    ["ISO-8859-1", "Gr\xfc\xdfe", "Grüße"],
    ["iso-8859-15", "\xa4", "€"],
    ["Windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"],
    ["koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"],
    ["iso-2022-jp", "\x1b$B$3$s$K$A$O\x1b(B!", "こんにちは!"],
    ["ISO-2022-JP-2", "\x1b$B$3$s$K$A$O\x1b(B!", "こんにちは!"],
    ["shift_jis", "\x82\xb1\x82\xf1", "こん"],
    ["cp932", "\x82\xb1\x82\xf1", "こん"],
    ["euc-jp", "\xa4\xb3\xa4\xf3", "こん"],
    ["gb2312", "\xc4\xe3\xba\xc3", "你好"],
    ["hz-gb-2312", "a ~{Dc:C~} ~~b", "a 你好 ~b"],
    ["iso-2022-cn", "\x1b$)A\x0eDc:C\x0f!", "你好!"],
    ["big5", "\xa7A\xa6n", "你好"],
    ["euc-kr", "\xbe\xc8\xb3\xe7", "안녕"],
    ["iso-2022-kr", "\x1b$)C\x0e>H3g\x0f.", "안녕."],
    ["utf-7", "+ZeVnLIqe-", "日本語"],
    ["utf-16", "\xff\xfeA\x00", "A"],
    ["us-ascii", "plain", "plain"],
  ])("reads %s, whole and octet by octet", (charset, text, expected) => {
    expect(decodeCharset(octets(text), charset)).toBe(expected);
    const stream = charsetStream(charset);
    let pieces = "";
    for (const octet of octets(text)) pieces += stream?.write(Uint8Array.of(octet));
    expect(pieces + stream?.end()).toBe(expected);
  });

  it("knows what it does not know", () => {
    expect(knowsCharset("klingon")).toBe(false);
    expect(decodeCharset(octets("x"), "klingon")).toBeNull();
  });

  it("never fails for octets that mean nothing", () => {
    for (const charset of ["utf-8", "iso-2022-jp", "hz-gb-2312", "gb18030", "utf-16le", "euc-kr"])
      expect(() => decodeCharset(octets("\xff\x00\x1b$\x0e~{\x80\xfe~"), charset)).not.toThrow();
  });
});

describe("unnamedStream", () => {
  it("takes text for UTF-8 as long as it is that, then for Windows-1252", () => {
    const utf8 = unnamedStream();
    expect(utf8.write(octets("Gr\xc3")) + utf8.write(octets("\xbc\xc3\x9fe")) + utf8.end()).toBe("Grüße");
    const windows = unnamedStream();
    expect(windows.write(octets("Gr\xfc\xdfe \x80")) + windows.end()).toBe("Grüße €");
  });
});

describe("decodeWords", () => {
  it("reads encoded words of 7-bit charsets", () => {
    expect(decodeWords("=?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?=")).toBe("こんにちは");
    expect(decodeWords("=?HZ-GB-2312?Q?~=7BDc=3AC~=7D?=")).toBe("你好");
  });
});
