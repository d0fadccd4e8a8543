import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transferDecoder } from "./transfer-decoding.ts";
import { encodeText } from "./transfer-encoding.ts";

function decode(encoding: string | null, text: string, chunk = text.length || 1): string {
  const decoder = transferDecoder(encoding);
  const octets = Buffer.from(text, "latin1");
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += chunk)
    pieces.push(decoder.write(octets.subarray(at, at + chunk)));
  return Buffer.concat([...pieces, decoder.end()]).toString("latin1");
}

describe("transferDecoder", () => {
  it.each([
    ["base64", "SGVs\r\nbG8=", "Hello"],
    ["BASE64 ", "SGVsbG8", "Hello"],
    ["base64", "SGVs*bG8=\r\nSGk=", "HelloHi"],
    ["quoted-printable", "Gr=FC=dfe =\r\nan alle  \r\n=", "Gr\xfc\xdfe an alle\r\n="],
    ["quoted-printable", "a=3Db =ZZ =\nc", "a=b =ZZ c"],
    ["7bit", "as = it is", "as = it is"],
    ["x-unknown", "as = it is", "as = it is"],
    [null, "as = it is", "as = it is"],
  ])("undoes %s", (encoding, text, expected) => {
    for (const chunk of [1, 2, 3, 7, 1000]) expect(decode(encoding, text, chunk)).toBe(expected);
  });

  it("gives back what was encoded, in any chunks", () => {
    const chunk = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(fc.uint8Array(), chunk, (octets, size) => {
        const encoded = Buffer.from(octets).toString("base64").replace(/.{76}/g, "$&\r\n");
        expect(decode("base64", encoded, size)).toBe(Buffer.from(octets).toString("latin1"));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), chunk, (text, size) => {
        const { encoding, body } = encodeText(text);
        const decoded = Buffer.from(decode(encoding, body, size), "latin1").toString();
        expect(decoded).toBe(
          `${text
            .replace(/\r\n|\r/g, "\n")
            .replace(/\n$/, "")
            .replaceAll("\n", "\r\n")}\r\n`,
        );
      }),
    );
  });

  it("takes a line without end", () => {
    const long = "=41".repeat(20_000);
    expect(decode("quoted-printable", long, 1000)).toBe("A".repeat(20_000));
  });
});
