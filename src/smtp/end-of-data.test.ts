import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { House } from "../../test/smtp/house.ts";
import { openSmtp } from "../../test/smtp/open.ts";
import { Talk } from "../../test/smtp/talk.ts";

/** Octets that some server or other takes for the end of data; only the last do end it (RFC 5321 §4.1.1.4). */
const sequences: readonly { readonly name: string; readonly octets: string; readonly endsData: boolean }[] = [
  { name: "LF.LF", octets: "\n.\n", endsData: false },
  { name: "LF.CR", octets: "\n.\r", endsData: false },
  { name: "CR.LF", octets: "\r.\n", endsData: false },
  { name: "CR.CR", octets: "\r.\r", endsData: false },
  { name: "LF.CRLF", octets: "\n.\r\n", endsData: false },
  { name: "CR.CRLF", octets: "\r.\r\n", endsData: false },
  { name: "CRLF.CRCRLF", octets: "\r\n.\r\r\n", endsData: false },
  { name: "CRCRLF.CRCRLF", octets: "\r\r\n.\r\r\n", endsData: false },
  { name: "CRLF NUL.CRLF", octets: "\r\n\0.\r\n", endsData: false },
  { name: "CRLF.CRLF", octets: "\r\n.\r\n", endsData: true },
  { name: "CRLF.LF", octets: "\r\n.\n", endsData: false },
  { name: "CRLF.CR", octets: "\r\n.\r", endsData: false },
];

const smuggled =
  "MAIL FROM:<boss@big-company.com>\r\nRCPT TO:<bob@big-company.com>\r\nDATA\r\nSmuggled: yes\r\n";

/** Sends a message with the octets in its midst, and a second envelope behind them. */
async function send(house: House, octets: string): Promise<readonly string[]> {
  await using listener = await openSmtp(house);
  using talk = await Talk.open(listener.port);
  await talk.envelope("anna@big-company.com");
  await talk.say("DATA");
  await talk.send(`Subject: x\r\n\r\nx${octets}${smuggled}\r\n.\r\nQUIT\r\n`);
  const replies: string[] = [];
  for (let reply = await talk.reply(); reply !== "closed"; reply = await talk.reply()) replies.push(reply);
  return replies;
}

describe("the end of data", () => {
  test.each(sequences.filter(({ endsData }) => !endsData))("is not $name", async ({ octets }) => {
    const house = new House();
    const replies = await send(house, octets);
    expect(replies).toHaveLength(2);
    expect(replies[1]).toMatch(/^221 /);
    // A NUL is carried; bare CR and LF are refused. Never is there a second message.
    if (octets.includes("\0")) {
      expect(replies[0]).toMatch(/^250 2\.0\.0 /);
      expect(house.taken).toHaveLength(1);
      expect(house.taken[0]?.octets).toContain(octets + smuggled);
    } else {
      expect(replies[0]).toMatch(/^550 5\.6\.11 /);
      expect(house.taken).toEqual([]);
    }
  });

  test.each(sequences.filter(({ endsData }) => endsData))("is $name", async ({ octets }) => {
    const house = new House();
    const replies = await send(house, octets);
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(["250", "250", "250", "354", "250", "221"]);
    expect(house.taken.map(({ message }) => message.reversePath)).toEqual([
      "someone@example.net",
      "boss@big-company.com",
    ]);
  });
});

const corpus = new URL("../../../shared/corpus/protocol/smtp-end-of-data/sequences.json", import.meta.url);

test.skipIf(!existsSync(corpus))(
  "all sequences of the smuggling research are among them (only with the corpus)",
  () => {
    const { cases } = JSON.parse(readFileSync(corpus, "utf8")) as {
      readonly cases: readonly { readonly octets_hex: string; readonly ends_data: boolean }[];
    };
    expect(cases.length).toBeGreaterThan(0);
    const known = sequences.map(({ octets, endsData }) => ({
      octets_hex: Buffer.from(octets, "latin1").toString("hex"),
      ends_data: endsData,
    }));
    expect(known).toEqual(
      expect.arrayContaining(cases.map(({ octets_hex, ends_data }) => ({ octets_hex, ends_data }))),
    );
  },
);
