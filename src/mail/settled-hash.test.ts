import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SettledHash, settledSha256 } from "./settled-hash.ts";

const plain = "From: anna@big-company.com\r\nSubject: Status: open\r\n\r\nStatus: RO\r\nbody\r\n";
const written =
  "X-IMAPbase: 17\r\n 23\r\nFrom: anna@big-company.com\r\nX-UIDL: abc\r\nSubject: Status: open\r\nstatus: RO\r\nX-UID: 4\r\n\r\nStatus: RO\r\nbody\r\n";

function sha256(text: string): string {
  return createHash("sha256").update(text, "latin1").digest("hex");
}

test("what a mail store writes into the header does not count; the body is as it is", () => {
  expect(settledSha256(Buffer.from(written))).toBe(sha256(plain));
  expect(settledSha256(Buffer.from(written.replaceAll("\r", "")))).toBe(sha256(plain.replaceAll("\r", "")));
});

test("a message without such fields has no other hash than its own", () => {
  for (const text of [plain, "", "\r\n", "no header at all", "Status: in the body\n".padStart(40, "\n")]) {
    expect(settledSha256(Buffer.from(text))).toBeNull();
  }
});

test("a header without an end, and one that is enormous, are taken all the same", () => {
  expect(settledSha256(Buffer.from("Status: RO\r\nSubject: x\r\n"))).toBe(sha256("Subject: x\r\n"));
  const long = `X-UIDL: 1\r\n${"X-Other: y\r\n".repeat(10_000)}\r\nbody`;
  expect(settledSha256(Buffer.from(long))).toBe(sha256(long.slice("X-UIDL: 1\r\n".length)));
});

test("however it is cut, it is the same", () => {
  fc.assert(
    fc.property(fc.constantFrom(plain, written, "Status: RO\r\n"), fc.array(fc.nat(200)), (text, cuts) => {
      const octets = Buffer.from(text);
      const hash = new SettledHash();
      const edges = [0, ...cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b), octets.length];
      for (const [index, edge] of edges.entries())
        hash.write(octets.subarray(edge, edges[index + 1] ?? edge));
      expect(hash.digest()).toBe(settledSha256(octets));
    }),
  );
});
