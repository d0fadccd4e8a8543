import { expect, test } from "vitest";
import { testMessage } from "../../test/courier/consignment.ts";
import { returnedOctets } from "./returned-octets.ts";

const header = "Subject: hello\r\nX-Long: a\r\n b\r\n";
const small = `${header}\r\nthe body\r\n`;

async function returned(
  text: string,
  ret: "FULL" | "HDRS" | null,
  hasFailed = true,
  chunk = 7,
): Promise<{ text: string; whole: boolean }> {
  const content = (async function* () {
    for (let at = 0; at < text.length; at += chunk) yield Buffer.from(text.slice(at, at + chunk));
  })();
  const message = { ...testMessage, ret, size: text.length + 10, traceLength: 10 };
  const { octets, whole } = await returnedOctets(message, hasFailed, content);
  return { text: Buffer.from(octets).toString(), whole };
}

const big = small + "x".repeat(100_000);
const huge = small + "x".repeat(2_000_000);

test.each<[string, string, "FULL" | "HDRS" | null, boolean, string, boolean]>([
  ["a short message after a failure", small, null, true, small, true],
  ["no more than the header where that was asked for", small, "HDRS", true, header, false],
  ["the header of a longer one", big, null, true, header, false],
  ["all of a longer one where that was asked for", big, "FULL", true, big, true],
  ["the header of a huge one whatever was asked for", huge, "FULL", true, header, false],
  ["the header where nothing failed", small, "FULL", false, header, false],
  ["nothing where the message has no header", "\r\nbody\r\n", "HDRS", true, "", false],
  ["a message that is all header", header, "HDRS", true, header, false],
])("%s", async (_, text, ret, hasFailed, expected, whole) => {
  const result = await returned(text, ret, hasFailed, text.length > 1000 ? 64 * 1024 : 7);
  expect(result.whole).toBe(whole);
  expect(result.text === expected).toBe(true);
});

test("nothing where the content is gone", async () => {
  expect(await returnedOctets(testMessage, true, null)).toEqual({ octets: Buffer.alloc(0), whole: false });
});
