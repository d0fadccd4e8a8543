import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factsOf } from "./facts.ts";
import { htmlText } from "./html-text.ts";
import { comparable, searchableParts, TextFinder } from "./searchable-text.ts";

function find(wanted: string, text: string, size = 7, isHtml = false): boolean {
  const finder = new TextFinder(wanted, isHtml);
  for (let at = 0; at < text.length; at += size) if (finder.write(text.slice(at, at + size))) return true;
  return false;
}

describe("searchableParts", () => {
  it("are text parts and attached messages, with where and how they are written", () => {
    const message = [
      "Content-Type: multipart/mixed; boundary=x",
      "",
      "--x",
      "Content-Type: text/plain; charset=ISO-8859-1",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "Gr=FC=DFe",
      "--x",
      "Content-Type: application/pdf",
      "",
      "no text",
      "--x",
      "Content-Type: message/rfc822",
      "",
      "Subject: inside",
      "Content-Type: text/html",
      "",
      "<b>bold</b>",
      "--x--",
      "",
    ].join("\r\n");
    const parts = searchableParts(factsOf(Buffer.from(message)).structure);
    expect(
      parts.map(({ range, ...part }) => ({ ...part, text: message.slice(range.start, range.end) })),
    ).toEqual([
      { is: "plain", encoding: "quoted-printable", charset: "ISO-8859-1", text: "Gr=FC=DFe" },
      {
        is: "header",
        encoding: null,
        charset: null,
        text: "Subject: inside\r\nContent-Type: text/html\r\n\r\n",
      },
      { is: "html", encoding: null, charset: null, text: "<b>bold</b>" },
    ]);
  });

  it("are the body of a message without parts", () => {
    const { structure } = factsOf(Buffer.from("Subject: x\r\n\r\nhello"));
    expect(searchableParts(structure)).toMatchObject([{ is: "plain", range: { start: 14, end: 19 } }]);
  });
});

describe("comparable", () => {
  it.each([
    ["Grüße", "GRÜßE"],
    ["Cafe\u0301", "CAFÉ"],
    ["ΟΔΟΣ", "οδος"],
    ["ﬁn", "FIN"],
    ["ＡＢＣ", "abc"],
    ["Привет", "ПРИВЕТ"],
  ])("%s is %s", (a, b) => expect(comparable(a)).toBe(comparable(b)));
});

describe("TextFinder", () => {
  it("finds what is there in any pieces, and nothing else", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "A", "é", "e\u0301", "😀", " "),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 1, max: 20 }), (before, wanted, after, size) => {
        expect(find(wanted, `${before}${wanted}${after}x`, size)).toBe(true);
        expect(find(`z${wanted}`, `${before}${wanted}${after}x`, size)).toBe(false);
      }),
    );
  });

  it("finds what people read in HTML, and what its source says", () => {
    const html =
      '<p>Gr&uuml;&szlig;e aus <b>M</b>ünchen &#8211; <a href="http://big-company.com/">hier</a></p>';
    for (const size of [3, 1000]) {
      expect(find("grüße aus münchen – HIER", html, size, true)).toBe(true);
      expect(find("big-company.com", html, size, true)).toBe(true);
      expect(find("münchen–", html, size, true)).toBe(false);
      expect(find("grüße", html, size, false)).toBe(false);
    }
  });
});

describe("htmlText", () => {
  it.each([
    ["<p>a</p><p>b</p>", " a  b "],
    ["a<script>var x = '<b>';</script>b", "a  b"],
    ["a<!-- x > y -->b", "a b"],
    ["1 < 2 &amp;amp; &bogus; &#0; &#x41;", "1 < 2 &amp; &bogus; &#0; A"],
  ])("of %s is %s", (html, text) => expect(htmlText(html)).toBe(text));

  it("takes no longer for hostile text", () => {
    const hostile = `${"<!--".repeat(50_000)}${"<style>".repeat(50_000)}${"<a ".repeat(50_000)}${"&".repeat(50_000)}`;
    expect(htmlText(hostile).length).toBeGreaterThan(0);
  });
});
