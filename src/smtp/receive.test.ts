import { describe, expect, test } from "vitest";
import { makeMark } from "#mail/loop-mark";
import { StoreUnavailable } from "#mailbox/content";
import { markId } from "#queue/mark-id";
import type { Destination } from "#routing/destination";
import { House } from "../../test/smtp/house.ts";
import { newClient, type SmtpClient } from "./client.ts";
import type { MailArguments } from "./envelope-arguments.ts";
import { Reception } from "./receive.ts";
import type { Reply } from "./reply.ts";
import type { Transaction } from "./transaction.ts";

const outside: SmtpClient = {
  ...newClient("192.0.2.7", false),
  helo: "client.example.net",
  isExtended: true,
};
const account = {
  address: "anna@big-company.com",
  mailbox: null,
  ready: new Promise<never>(() => undefined),
};
const submitting: SmtpClient = { ...outside, isSecure: true, account };

const mail: MailArguments = {
  reversePath: "someone@example.net",
  body: "8BITMIME",
  smtpUtf8: false,
  envelopeId: "id-1",
  ret: "HDRS",
  size: null,
};

const here = (mailbox: number, address: string): Destination =>
  ({ kind: "mailbox", mailbox, address }) as Destination;
const anna = here(1, "anna@big-company.com");
const carol: Destination = { kind: "pipe", route: "big-company.old", address: "carol@big-company.com" };

function transaction(...destinations: readonly (readonly Destination[])[]): Transaction {
  return {
    mail,
    recipients: destinations.map((each, index) => ({
      given: { address: `r${index}@big-company.com`, notify: null, originalRecipient: null },
      destinations: each,
    })),
  };
}

async function receive(
  house: House,
  message: string,
  { client = outside, to = transaction([anna]), piece = 1000 } = {},
): Promise<Reply> {
  await using reception = new Reception(house.service, client, to);
  const octets = Buffer.from(message, "latin1");
  for (let at = 0; at < octets.length; at += piece) await reception.write(octets.subarray(at, at + piece));
  return await reception.finish();
}

const letter = "From: someone@example.net\r\nSubject: Lunch\r\n\r\nAt one?\r\n";
const trace =
  "Return-Path: <someone@example.net>\r\n" +
  "Received: from client.example.net ([192.0.2.7])\r\n" +
  "\tby mail.big-company.com with ESMTP id q1\r\n\tfor <r0@big-company.com>;\r\n" +
  "\tFri, 2 Jan 2026 03:04:05 +0000\r\n";

describe("what is kept", () => {
  test("the message below our trace, and everything known about it, in one intake", async () => {
    const house = new House();
    expect(await receive(house, letter)).toEqual({ code: 250, enhanced: "2.0.0", text: "Queued as q1" });
    expect(house.taken).toEqual([
      {
        message: {
          id: "q1",
          reversePath: "someone@example.net",
          body: "8BITMIME",
          smtpUtf8: false,
          envelopeId: "id-1",
          ret: "HDRS",
          receivedAt: house.clock,
          size: trace.length + letter.length,
          traceLength: trace.length,
          helo: "client.example.net",
          peerAddress: "192.0.2.7",
          protocol: "ESMTP",
          authenticated: null,
        },
        local: [{ mailbox: 1, address: "anna@big-company.com" }],
        queued: [],
        octets: trace + letter,
      },
    ]);
    expect(house.stage.open).toBe(0);
  });

  test("is the same however the octets are cut", async () => {
    for (const piece of [1, 2, 7, 1000]) {
      const house = new House();
      await receive(house, letter, { piece });
      expect(house.taken[0]?.octets).toBe(trace + letter);
    }
  });

  test("several recipients are not told of each other", async () => {
    const house = new House();
    await receive(house, letter, { to: transaction([anna], [carol]) });
    expect(house.taken[0]?.octets).not.toContain("for <");
  });

  test("each mailbox once, each other address once per way out", async () => {
    const house = new House();
    const bob = here(2, "bob@big-company.com");
    const relayed: Destination = { kind: "relay", domain: "example.com", address: "dave@example.com" };
    const again: Destination = { ...carol, address: "Carol@big-company.com" };
    await receive(house, letter, {
      to: transaction([anna, carol], [anna, bob], [again], [relayed, relayed]),
    });
    const expires = house.clock + house.settings.giveUpAfter;
    const common = { notify: null, originalRecipient: null, expires };
    expect(house.taken[0]?.local).toEqual([
      { mailbox: 1, address: "anna@big-company.com" },
      { mailbox: 2, address: "bob@big-company.com" },
    ]);
    expect(house.taken[0]?.queued).toEqual([
      { ...common, address: "carol@big-company.com", via: { kind: "pipe", to: "big-company.old" } },
      { ...common, address: "dave@example.com", via: { kind: "relay", to: "example.com" } },
    ]);
  });
});

describe("submission", () => {
  const submitted = async (message: string, client = submitting): Promise<string> => {
    const house = new House();
    expect(await receive(house, message, { client })).toMatchObject({ code: 250 });
    const [taken] = house.taken;
    return taken?.octets.slice(taken.message.traceLength) ?? "";
  };
  const date = "Date: Fri, 2 Jan 2026 03:04:05 +0000\r\n";
  const messageId = "Message-ID: <q1@mail.big-company.com>\r\n";

  test("Date and Message-ID are added where they are missing, each by itself", async () => {
    expect(await submitted(letter)).toBe(date + messageId + letter);
    expect(await submitted(`date: x\r\n${letter}`)).toBe(`${messageId}date: x\r\n${letter}`);
    expect(await submitted(`Message-Id: x\r\n${letter}`)).toBe(`${date}Message-Id: x\r\n${letter}`);
    expect(await submitted(`Date: x\r\nMessage-ID: x\r\n${letter}`)).toBe(
      `Date: x\r\nMessage-ID: x\r\n${letter}`,
    );
  });

  test("a message without a header stays a body", async () => {
    expect(await submitted("Hello Bob,\r\nlunch?\r\n")).toBe(
      `${date}${messageId}\r\nHello Bob,\r\nlunch?\r\n`,
    );
    expect(await submitted("\r\nlunch?\r\n")).toBe(`${date}${messageId}\r\nlunch?\r\n`);
    expect(await submitted("")).toBe(`${date}${messageId}\r\n`);
  });

  test("nothing is added to mail from outside", async () => {
    expect(await submitted(letter, outside)).toBe(letter);
  });

  test.each([
    [{}, "ESMTPSA"],
    [{ isSecure: false }, "ESMTPA"],
    [{ account: null }, "ESMTPS"],
    [{ account: null, isSecure: false }, "ESMTP"],
    [{ account: null, isSecure: false, isExtended: false }, "SMTP"],
  ])("the trace says how it came (RFC 3848): %o is %s", async (change, expected) => {
    const house = new House();
    await receive(house, letter, { client: { ...submitting, ...change } });
    expect(house.taken[0]?.message.protocol).toBe(expected);
    expect(house.taken[0]?.octets).toContain(` with ${expected} id `);
  });
});

describe("what is refused", () => {
  test("a message of one octet too many, of which no more is stored than is allowed", async () => {
    const house = new House();
    house.settings = { ...house.settings, maxMessage: 5000 };
    const message = `A: b\r\n\r\n${"x".repeat(4990)}\r\n`;
    expect(await receive(house, message)).toMatchObject({ code: 250 });
    house.stage.written = 0;
    expect(await receive(house, `${message}${"x".repeat(50_000)}`)).toMatchObject({
      code: 552,
      enhanced: "5.3.4",
    });
    expect(house.stage.written).toBeLessThanOrEqual(5000 + trace.length);
    expect(house.taken).toHaveLength(1);
    expect(house.stage.open).toBe(0);
  });

  test("a bare line end, wherever it is", async () => {
    const house = new House();
    for (const message of [`${letter}\n`, `a\rb${letter}`, `${letter}\r`, `A: b\nC: d\r\n\r\n`]) {
      expect(await receive(house, message, { piece: 1 })).toMatchObject({ code: 550, enhanced: "5.6.11" });
    }
    expect(house.taken).toEqual([]);
    expect(house.stage.open).toBe(0);
  });

  test("more than fifty hops", async () => {
    const house = new House();
    const hop = "Received: from a by b; Fri, 2 Jan 2026 03:04:05 +0000\r\n";
    expect(await receive(house, hop.repeat(50) + letter)).toMatchObject({ code: 250 });
    expect(await receive(house, hop.repeat(51) + letter)).toMatchObject({ code: 554, enhanced: "5.4.6" });
  });

  test("our own mark coming back for a recipient whom it was piped for, at the first time", async () => {
    const house = new House();
    const marked = (address: string, key: Uint8Array = house.markKey): string => {
      const mark = makeMark(key, markId("queued1", address));
      return `Received: from us by old with ESMTP id ${mark}; x\r\n${letter}`;
    };
    const loop = { code: 554, enhanced: "5.4.6" };
    expect(await receive(house, marked("carol@big-company.com"), { to: transaction([carol]) })).toMatchObject(
      loop,
    );
    // A copy for somebody else passes, and one for somebody who is here by now.
    const dora: Destination = { ...carol, address: "dora@big-company.com" };
    for (const to of [transaction([dora]), transaction([here(3, "carol@big-company.com")])]) {
      expect(await receive(house, marked("carol@big-company.com"), { to })).toMatchObject({ code: 250 });
    }
    // Nobody else can make a mark.
    const forged = marked("carol@big-company.com", Buffer.alloc(32, 9));
    expect(await receive(house, forged, { to: transaction([carol]) })).toMatchObject({ code: 250 });
  });
});

describe("trouble", () => {
  test("a store that has no room in the middle of a message puts it off", async () => {
    const house = new House();
    house.stage.room = 2000;
    expect(await receive(house, `A: b\r\n\r\n${"x".repeat(9000)}`)).toMatchObject({
      code: 452,
      enhanced: "4.3.1",
    });
    expect(house.taken).toEqual([]);
    expect(house.stage.open).toBe(0);
  });

  test.each([
    [new StoreUnavailable("closed"), { code: 452, enhanced: "4.3.1" }],
    [new Error("a defect"), { code: 451, enhanced: "4.3.0" }],
  ])("an intake that fails (%s) is a temporary failure", async (trouble, expected) => {
    const house = new House();
    house.trouble = trouble;
    expect(await receive(house, letter)).toMatchObject(expected);
    expect(house.stage.open).toBe(0);
  });

  test("a message that was begun and not finished leaves nothing", async () => {
    const house = new House();
    {
      await using reception = new Reception(house.service, outside, transaction([anna]));
      await reception.write(Buffer.from(letter));
      expect(house.stage.open).toBe(1);
    }
    expect(house.stage.open).toBe(0);
  });
});

describe("delivery reports", () => {
  const wanted = (reversePath: string): Transaction => ({
    mail: { ...mail, reversePath },
    recipients: [
      {
        given: { address: "anna@big-company.com", notify: ["SUCCESS"], originalRecipient: "rfc822;A@x" },
        destinations: [anna],
      },
      {
        given: { address: "bob@big-company.com", notify: ["FAILURE"], originalRecipient: null },
        destinations: [here(2, "bob@big-company.com")],
      },
      {
        given: { address: "carol@big-company.com", notify: ["SUCCESS"], originalRecipient: null },
        destinations: [carol],
      },
    ],
  });

  test("are sent for recipients here whose sender asked, with the message's header", async () => {
    const house = new House();
    await receive(house, letter, { to: wanted("someone@example.net") });
    expect(house.reported).toHaveLength(1);
    expect(house.reported[0]?.recipients.map(({ address }) => address)).toEqual(["anna@big-company.com"]);
    expect(Buffer.from(house.reported[0]?.header ?? []).toString()).toBe(letter.split("At one")[0]);
  });

  test("never to the null reverse-path, nor for what was not stored", async () => {
    const house = new House();
    await receive(house, letter, { to: wanted("") });
    house.trouble = new StoreUnavailable("closed");
    await receive(house, letter, { to: wanted("someone@example.net") });
    expect(house.reported).toEqual([]);
  });

  test("do not undo a delivery when they fail", async () => {
    const house = new House();
    house.reportTrouble = new Error("no report");
    expect(await receive(house, letter, { to: wanted("someone@example.net") })).toMatchObject({ code: 250 });
  });
});
