import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodedParameter, parameterNamed, parseParametricValue } from "./parameter.ts";

describe("parseParametricValue", () => {
  it.each([
    ["text/plain", "text/plain", []],
    ["text/plain; charset=utf-8", "text/plain", [["charset", "utf-8"]]],
    [
      ' Text/Plain;\r\n\tcharset="utf-8" ;format=flowed',
      "Text/Plain",
      [
        ["charset", "utf-8"],
        ["format", "flowed"],
      ],
    ],
    ['a/b; name="x;y=\\"z\\""', "a/b", [["name", 'x;y="z"']]],
    ["text/plain (a comment; x=y); charset (c) = (d) utf-8", "text/plain", [["charset", "utf-8"]]],
    [
      "a/b; name=file (1).pdf; x=y",
      "a/b",
      [
        ["name", "file"],
        ["x", "y"],
      ],
    ],
    [
      "a/b; name=attach/01; charset=charset=us-ascii",
      "a/b",
      [
        ["name", "attach"],
        ["charset", "charset"],
      ],
    ],
    [
      'a/b; name="a/b=c"; boundary=a/b=c',
      "a/b",
      [
        ["name", "a/b=c"],
        ["boundary", "a/b=c"],
      ],
    ],
    [
      "a/b; name==?utf-8?Q?a=2Fb?=; file*=utf-8''a(1)",
      "a/b",
      [
        ["name", "=?utf-8?Q?a=2Fb?="],
        ["file*", "utf-8''a(1)"],
      ],
    ],
    ["a/b; broken; =x; x=; ;; y=z", "a/b", [["y", "z"]]],
    ['a/b; name="unclosed', "a/b", [["name", "unclosed"]]],
    [
      "a/b; name=open (never closed; boundary=x",
      "a/b",
      [
        ["name", "open"],
        ["boundary", "x"],
      ],
    ],
    ["a/b; boundary=----=_Part/1:2", "a/b", [["boundary", "----=_Part/1:2"]]],
    ["", "", []],
    ["; x=y", "", [["x", "y"]]],
  ])("%s", (field, value, parameters) => {
    expect(parseParametricValue(field)).toEqual({ value, parameters });
  });

  it("joins the pieces of RFC 2231, whatever their order", () => {
    const { parameters } = parseParametricValue(
      "a/b; title*2=\"isn't it!\"; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20",
    );
    expect(parameters).toEqual([
      ["title*", "us-ascii'en'This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20isn't it!"],
    ]);
    expect(decodedParameter(parameters, "title")).toBe("This is even more ***fun*** isn't it!");
    expect(parseParametricValue('a/b; n*0="a"; n*1="b"; n*3="d"').parameters).toEqual([["n", "ab"]]);
  });

  it("puts extended parameters after plain ones", () => {
    const { parameters } = parseParametricValue("a; filename*=UTF-8''%e2%82%ac.txt; filename=euro.txt");
    expect(parameters.map(([name]) => name)).toEqual(["filename", "filename*"]);
    expect(parameterNamed(parameters, "FILENAME")).toBe("euro.txt");
    expect(decodedParameter(parameters, "filename")).toBe("€.txt");
  });

  it("bounds what it keeps", () => {
    expect(parseParametricValue(`a/b${";a=b".repeat(100_000)}`).parameters.length).toBeLessThanOrEqual(200);
    expect(parseParametricValue(`a/b; a="${"x".repeat(1_000_000)}"`).parameters[0]?.[1].length).toBeLessThan(
      70_000,
    );
  });

  it("gives parameters or none for any text", () => {
    const unit = fc.constantFrom(
      "a",
      ";",
      "=",
      '"',
      "\\",
      "(",
      ")",
      " ",
      "*",
      "0",
      "'",
      "%41",
      "\r\n ",
      "\0",
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        for (const [name, value] of parseParametricValue(text).parameters) {
          expect(name).not.toBe("");
          expect(name + value).not.toMatch(/[\0\n]/);
        }
      }),
    );
  });
});

describe("decodedParameter", () => {
  it.each([
    ["x; filename==?utf-8?Q?na=C3=AFve?=", "naïve"],
    ['x; filename="=?iso-8859-1?Q?na=EFve?="', "naïve"],
    ["x; filename*=iso-8859-1''na%EFve", "naïve"],
    ["x; filename*=unknown''na%C3%AFve", "naïve"],
    ["x; filename=plain", "plain"],
  ])("%s", (field, expected) => {
    expect(decodedParameter(parseParametricValue(field).parameters, "filename")).toBe(expected);
  });

  it("is null if there is none", () => {
    expect(decodedParameter([], "filename")).toBeNull();
  });
});
