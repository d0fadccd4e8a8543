import { expect, test } from "vitest";
import { type RunningSmtp, startSmtp } from "../../test/old-server/smtp.ts";
import {
  answers,
  dropsAt,
  dropsInside,
  hangsAt,
  type SmtpFault,
  takesAndDrops,
} from "../../test/old-server/smtp-faults.ts";
import type { SmtpClient } from "./smtp-client.ts";
import { deliveryLimits } from "./smtp-limits.ts";
import { openSmtp } from "./smtp-opening.ts";
import { type SmtpMessage, type SmtpResult, sendMessage } from "./smtp-transaction.ts";

const { signal } = new AbortController();
const options = { heloName: "new.big-company.com", tls: { mode: "none" } as const, limits: deliveryLimits };

async function open(server: RunningSmtp, limits = deliveryLimits): Promise<SmtpClient> {
  const peer = { address: "127.0.0.1", port: server.port, host: "localhost" };
  const opening = await openSmtp(peer, { ...options, limits }, signal);
  if (opening.kind !== "open") throw new Error(JSON.stringify(opening));
  return opening.client;
}

function message(text: string | readonly string[], ...addresses: string[]): SmtpMessage {
  const chunks = typeof text === "string" ? [text] : text;
  return {
    reversePath: "bob@example.com",
    size: chunks.join("").length,
    body: "7BIT",
    needsSmtpUtf8: false,
    envelopeId: null,
    ret: null,
    recipients: addresses.map((address) => ({ address, notify: null, originalRecipient: null })),
    content: async () =>
      (async function* () {
        for (const chunk of chunks) yield Buffer.from(chunk, "latin1");
      })(),
  };
}

const summary = (results: readonly SmtpResult[]): string[] => results.map(inWords);

function inWords(result: SmtpResult): string {
  switch (result.kind) {
    case "accepted":
      return `accepted ${result.reply.code}`;
    case "refused":
      return `refused at ${result.at} ${result.reply.code}`;
    case "unsendable":
      return `unsendable ${result.enhanced}`;
    case "lost":
      return `lost ${result.trouble.kind}${result.mayHaveArrived ? ", may have arrived" : ""}`;
  }
}

const anna = "anna@big-company.com";
const nobody = "nobody@big-company.com";
const knows = (address: string): boolean => address !== nobody;

test.each([
  ["with PIPELINING", undefined],
  ["without", ["8BITMIME"]],
])("one message, one refused recipient, and the next on the same connection, %s", async (_, offers) => {
  await using server = await startSmtp(offers ? { knows, offers } : { knows });
  await using client = await open(server);
  const text = "Subject: dots\r\n\r\n.\r\n..two\r\ntext\r\n";
  expect(summary(await sendMessage(client, message(text, anna, nobody), signal))).toEqual([
    "accepted 250",
    "refused at rcpt 550",
  ]);
  expect(summary(await sendMessage(client, message("x\r\n", nobody), signal))).toEqual([
    "refused at rcpt 550",
  ]);
  expect(summary(await sendMessage(client, message("y\r\n", anna), signal))).toEqual(["accepted 250"]);
  expect(server.seen.transactions.map(({ octets }) => octets.toString())).toEqual([text, "y\r\n"]);
  expect(server.seen.transactions[0]).toMatchObject({ recipients: [anna], reversePath: "bob@example.com" });
  expect(server.seen.connections).toBe(1);
});

test("a dot at the start of a line may stand at the start of a chunk", async () => {
  await using server = await startSmtp({});
  await using client = await open(server);
  await sendMessage(client, message(["a\r", "\n", ".", "\r\n.", "b\r\n"], anna), signal);
  expect(server.seen.transactions[0]?.octets.toString()).toBe("a\r\n.\r\n.b\r\n");
});

test("a big message arrives as it is, 8-bit octets where 8BITMIME is not offered", async () => {
  await using server = await startSmtp({ offers: ["PIPELINING"] });
  await using client = await open(server);
  const line = `${"\xe9".repeat(500)}\r\n`;
  const chunks = Array.from({ length: 2000 }, () => line);
  await sendMessage(client, message(chunks, anna), signal);
  expect(server.seen.transactions[0]?.octets.equals(Buffer.from(chunks.join(""), "latin1"))).toBe(true);
  expect(server.seen.transactions[0]?.mail).toBe("<bob@example.com>");
});

test.each([
  ["LF . LF", ["x\r\ny", "\n.\n", "MAIL FROM:<forged@example.com>\r\n"]],
  ["CR . CR", ["x\r", ".\r", "y\r\n"]],
  ["LF . CRLF", ["x\n", ".\r\n", "y\r\n"]],
  ["CR at the very end", ["x\r\ny\r"]],
])("no message with %s leaves: the receiver might see an end of data in it", async (_, chunks) => {
  await using server = await startSmtp({});
  await using client = await open(server);
  expect(summary(await sendMessage(client, message(chunks, anna), signal))).toEqual(["unsendable 5.6.11"]);
  expect(client.isOpen).toBe(false);
  expect(server.seen.transactions).toEqual([]);
});

test.each<[string, SmtpFault, string]>([
  ["MAIL refused", answers("MAIL", "550 5.7.1 no"), "refused at mail 550"],
  ["RCPT put off", answers("RCPT", "451 4.7.1 greylisted"), "refused at rcpt 451"],
  ["DATA refused", answers("DATA", "554 5.5.1 no"), "refused at data 554"],
  ["the message refused", answers("MESSAGE", "554 5.7.1 spam"), "refused at message 554"],
  ["the message put off", answers("MESSAGE", "452 4.3.1 disk full"), "refused at message 452"],
  ["shutting down", () => ({ do: "reply-and-drop", line: "421 4.3.2 bye" }), ""],
  ["gone at MAIL", dropsAt("MAIL"), "lost closed"],
  ["gone at DATA", dropsAt("DATA"), "lost closed"],
  ["gone in the middle of the octets", dropsInside(3), "lost closed"],
  ["gone after the end of the data, message kept", takesAndDrops(), "lost closed, may have arrived"],
  ["gone after the end of the data, message dropped", dropsAt("MESSAGE"), "lost closed, may have arrived"],
  ["no answer to MAIL", hangsAt("MAIL"), "lost timeout"],
  ["no answer to the end of the data", hangsAt("MESSAGE"), "lost timeout, may have arrived"],
])("%s", async (_, fault, expected) => {
  await using server = await startSmtp({ fault: expected === "" ? answers("NOOP", "250 ok") : fault });
  const hurried = { ...deliveryLimits, mail: 200, recipient: 200, endOfData: 200 };
  await using client = await open(server, hurried);
  server.options.fault = fault;
  // More than one write, so that the end of the data does not leave together with the first octets.
  const chunks = Array.from({ length: 20 }, () => "some text\r\n".repeat(40_000));
  const results = await sendMessage(client, message(chunks, anna), signal);
  expect(summary(results)).toEqual([expected === "" ? "refused at mail 421" : expected]);
});

test("an answer that comes before the octets are all sent is heard", async () => {
  await using server = await startSmtp({
    fault: ({ verb }) => (verb === "DATA" ? { do: "reply-and-drop", line: "552 5.3.4 too big" } : null),
  });
  await using client = await open(server);
  const results = await sendMessage(client, message("x\r\n", anna), signal);
  expect(summary(results)).toEqual(["refused at data 552"]);
});

test("what the server cannot take is not sent to it", async () => {
  await using server = await startSmtp({ offers: ["SIZE 10", "PIPELINING"] });
  await using client = await open(server);
  const results = [
    await sendMessage(client, message("more than ten octets\r\n", anna), signal),
    await sendMessage(client, message("x\r\n", "jürgen@big-company.com", anna), signal),
    await sendMessage(client, { ...message("x\r\n", anna), needsSmtpUtf8: true }, signal),
    await sendMessage(client, message("x\r\n", "a@b.com>\r\nRCPT TO:<c@d.com"), signal),
  ];
  expect(results.map(summary)).toEqual([
    ["unsendable 5.3.4"],
    ["unsendable 5.6.7", "accepted 250"],
    ["unsendable 5.6.7"],
    ["unsendable 5.1.3"],
  ]);
  expect(server.seen.transactions.map(({ recipients }) => recipients)).toEqual([[anna]]);
});

test("content that cannot be read ends the connection without an end of data", async () => {
  await using server = await startSmtp({});
  await using client = await open(server);
  const broken = {
    ...message("", anna),
    content: async () =>
      // biome-ignore lint/correctness/useYield: it fails before it has anything
      (async function* (): AsyncGenerator<Uint8Array> {
        throw new Error("the disk is gone");
      })(),
  };
  await expect(sendMessage(client, broken, signal)).rejects.toThrow("the disk is gone");
  expect(client.isOpen).toBe(false);
  expect(server.seen.transactions).toEqual([]);
});

test("giving up ends the dialogue at once", async () => {
  await using server = await startSmtp({ fault: hangsAt("MESSAGE") });
  await using client = await open(server);
  const stop = new AbortController();
  const sending = sendMessage(client, message("x\r\n", anna), stop.signal);
  while (!server.seen.commands.includes("DATA")) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort();
  expect(summary(await sending)).toEqual(["lost closed, may have arrived"]);
});
