/** What leaves: octets and envelope as they came, reports about what could not go, and no circles. */
import { describe, expect, test, vi } from "vitest";
import { answers } from "../old-server/smtp-faults.ts";
import { letter } from "../programs/letter.ts";
import { domain } from "./mailferry.ts";
import { Neighbours, parted, stranger } from "./neighbours.ts";

vi.setConfig({ testTimeout: 120_000 });

const carol = `carol@${domain}`;
const anna = `anna@${domain}`;
/** A server that knows SMTP as it was. */
const old = ["PIPELINING", "SIZE 52428800", "ENHANCEDSTATUSCODES"];

/** Octets that one is tempted to change: every one but bare CR and LF, dots, blanks, long lines. */
const awkward = Buffer.concat([
  Buffer.from(
    "From: <stranger@example.net>\r\nsubject:no blank\r\nX-Folded: one\r\n\t two\r\n   \r\nX-Eight: ",
  ),
  Buffer.from([0xe4, 0xf6, 0xfc, 0xff, 0x80]),
  Buffer.from("\r\nReceived: from elsewhere by elsewhere; Mon, 02 Nov 2026 08:00:00 +0000\r\n\r\n"),
  Buffer.from(".\r\n..\r\n.dot\r\n \t \r\n\r\n\r\n"),
  Buffer.from(
    Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => octet !== 10 && octet !== 13),
  ),
  Buffer.from(`\r\n${"long ".repeat(4000)}\r\nFrom here\r\n\0\r\nno line end`),
  Buffer.from("\r\n\r\n\r\n"),
]);

describe("a pipe", () => {
  test("keeps envelope and octets below exactly one Received field", async () => {
    await using neighbours = await Neighbours.start();
    using program = await neighbours.stranger();
    const from = "Odd+Sender=x@Example.NET";
    const mail = "SIZE=30000 BODY=8BITMIME RET=HDRS ENVID=QQ314159";
    const { data } = await program.send(from, [carol], awkward, {
      mail,
      rcpt: "NOTIFY=FAILURE,DELAY ORCPT=rfc822;Carol@big-company.com",
    });
    expect(data?.code).toBe(250);
    await neighbours.drained();
    const [transaction, ...others] = neighbours.old.seen.transactions;
    if (!transaction) throw new Error("nothing arrived");
    expect(others).toEqual([]);
    const { received, below } = parted(transaction);
    expect(below.equals(awkward)).toBe(true);
    expect(received).toMatch(
      /^Received: from sender\.example\.net \(\[127\.0\.0\.1\]\)\r\n\tby mail\.big-company\.com with ESMTP id /,
    );
    expect(received).toContain(`for <${carol}>`);
    expect(transaction.reversePath).toBe(from);
    expect(transaction.mail).toMatch(/ BODY=8BITMIME/);
    expect(transaction.mail).toMatch(/ RET=HDRS ENVID=QQ314159/);
    expect(transaction.rcpt).toEqual([
      expect.stringMatching(
        /^<carol@big-company\.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;Carol@big-company\.com$/,
      ),
    ]);
    expect(transaction.helo).toBe("mail.big-company.com");
  });

  test("keeps the null reverse-path, and large messages as they are", async () => {
    await using neighbours = await Neighbours.start();
    using program = await neighbours.stranger();
    const large = letter(carol, "large") + `${"y".repeat(70)}\r\n`.repeat(5000);
    for (const octets of [letter(carol, "a report"), large])
      expect((await program.send("", [carol], octets)).data?.code).toBe(250);
    await neighbours.drained();
    const arrived = neighbours.old.seen.transactions;
    expect(arrived.map(({ reversePath }) => reversePath)).toEqual(["", ""]);
    const bodies = arrived.map((transaction) => parted(transaction).below.toString("latin1"));
    expect(bodies.sort()).toEqual([letter(carol, "a report"), large].sort());
  });

  test("that comes back is refused at the first return, and a copy for somebody else is not", async () => {
    await using neighbours = await Neighbours.start();
    const { transactions } = neighbours.old.seen;
    using program = await neighbours.stranger();
    await program.send(stranger, [carol], letter(carol, "around"));
    await neighbours.drained();
    const returned = Buffer.concat([
      Buffer.from(
        "Received: from mail.big-company.com by old.big-company.com; Mon, 02 Nov 2026 09:00:00 +0000\r\n",
      ),
      transactions[0]?.octets ?? Buffer.alloc(0),
    ]);
    const again = await program.send(stranger, [carol], returned);
    expect(again.recipients[0]?.code).toBe(250);
    expect(again.data).toMatchObject({ code: 554, text: expect.stringMatching(/^5\.4\.6 /) });
    const forwarded = await program.send(stranger, [anna], returned);
    expect(forwarded.data?.code).toBe(250);
    // A mark that somebody made up is none.
    const forged = returned.toString("latin1").replace(/( id [\w-]+\.)[0-9a-f]{32}/, `$1${"0".repeat(32)}`);
    expect(forged).not.toBe(returned.toString("latin1"));
    expect((await program.send(stranger, [carol], forged)).data?.code).toBe(250);
    await neighbours.drained();
    expect(transactions).toHaveLength(2);
    expect(await neighbours.mailferry.maildrop("anna")).toHaveLength(1);
    // And whatever went through too many hands is refused, too.
    const hops =
      "Received: by somebody; Mon, 02 Nov 2026 09:00:00 +0000\r\n".repeat(60) + letter(anna, "hops");
    expect((await program.send(stranger, [anna], hops)).data).toMatchObject({ code: 554 });
  });
});

describe("a next hop that knows little", () => {
  test("without 8BITMIME gets 8-bit octets as they are", async () => {
    await using neighbours = await Neighbours.start({ friends: { offers: old } });
    using program = await neighbours.colleague("anna");
    const { data } = await program.send(anna, ["friend@example.org"], awkward, { mail: "BODY=8BITMIME" });
    expect(data?.code).toBe(250);
    await neighbours.drained();
    const [transaction] = neighbours.friends.seen.transactions;
    expect(transaction?.octets.subarray(-awkward.length).equals(awkward)).toBe(true);
    expect(transaction?.mail).not.toContain("BODY");
  });

  test("without ESMTP gets mail all the same", async () => {
    await using neighbours = await Neighbours.start({ friends: { offers: null } });
    using program = await neighbours.colleague("anna");
    await program.send(anna, ["friend@example.org"], letter("friend@example.org", "plain"));
    await neighbours.drained();
    expect(neighbours.friends.seen.transactions).toMatchObject([{ mail: `<${anna}>` }]);
    expect(neighbours.friends.seen.commands.filter((command) => command.startsWith("HELO"))).toHaveLength(1);
  });

  test("without SMTPUTF8 does not get what needs it: the sender is told 5.6.7", async () => {
    await using neighbours = await Neighbours.start({ friends: { offers: old } });
    using program = await neighbours.colleague("anna");
    const to = ["jörg@example.org", "friend@example.org"];
    const octets = Buffer.from(letter("jörg@example.org", "Grüße"));
    const { recipients, data } = await program.send(anna, to, octets, { mail: "SMTPUTF8 BODY=8BITMIME" });
    expect([...recipients, data].map((reply) => reply?.code)).toEqual([250, 250, 250]);
    await neighbours.drained();
    expect(neighbours.friends.seen.transactions).toEqual([]);
    const reports = await neighbours.mailferry.maildrop("anna");
    const report = Buffer.concat(reports).toString();
    expect(report).toContain("Status: 5.6.7");
    expect(report).toContain("jörg@example.org");
    expect(report).toContain("friend@example.org");
  });

  test("with SMTPUTF8 gets it", async () => {
    await using neighbours = await Neighbours.start();
    using program = await neighbours.colleague("anna");
    const octets = Buffer.from(letter("jörg@example.org", "Grüße"));
    await program.send(anna, ["jörg@example.org"], octets, { mail: "SMTPUTF8 BODY=8BITMIME" });
    await neighbours.drained();
    const [transaction] = neighbours.friends.seen.transactions;
    expect(transaction).toMatchObject({ recipients: ["jörg@example.org"] });
    expect(transaction?.mail).toContain(" SMTPUTF8");
    expect(transaction?.octets.subarray(-octets.length).equals(octets)).toBe(true);
  });
});

describe("what cannot be delivered", () => {
  test("is reported to a sender here, from the null reverse-path, and others get the message", async () => {
    const knows = (address: string): boolean => address === "friend@example.org";
    await using neighbours = await Neighbours.start({ friends: { knows } });
    using program = await neighbours.colleague("anna");
    const to = ["friend@example.org", "nobody@example.org"];
    const octets = letter("all", "for some");
    await program.send(anna, to, octets, { mail: "ENVID=four" });
    await neighbours.drained();
    expect(neighbours.friends.seen.transactions.map(({ recipients }) => recipients)).toEqual([
      ["friend@example.org"],
    ]);
    const [report = Buffer.alloc(0), ...more] = await neighbours.mailferry.maildrop("anna");
    expect(more).toEqual([]);
    const text = report.toString("latin1");
    expect(text).toMatch(/^Return-Path: <>\r\n/);
    expect(text).toMatch(/\r\nContent-Type: multipart\/report;[\s\S]*report-type="?delivery-status/i);
    expect(text).toMatch(/\r\nAuto-Submitted: auto-replied/i);
    expect(text).toContain("\r\nOriginal-Envelope-Id: four\r\n");
    expect(text).toContain("\r\nFinal-Recipient: rfc822; nobody@example.org\r\n");
    expect(text).toContain("\r\nAction: failed\r\n");
    expect(text).toContain("\r\nStatus: 5.1.1\r\n");
    expect(text).toContain("\r\nSubject: for some\r\n");
    expect(text).not.toContain("Final-Recipient: rfc822; friend@example.org");
  });

  test("is reported to a sender outside through the queue", async () => {
    await using neighbours = await Neighbours.start();
    neighbours.old.options.fault = answers("MESSAGE", "554 5.6.0 not this message");
    using program = await neighbours.stranger();
    await program.send("sender@example.org", [carol], letter(carol, "unwanted"));
    await neighbours.drained();
    const [report, ...more] = neighbours.friends.seen.transactions;
    expect(more).toEqual([]);
    expect(report).toMatchObject({ reversePath: "", recipients: ["sender@example.org"] });
    expect(report?.octets.toString()).toContain("Status: 5.6.0");
    expect(report?.octets.toString()).toContain(`Final-Recipient: rfc822; ${carol}`);
  });

  test.each([
    ["a report", "", undefined],
    ["a message whose sender does not want to know", "sender@example.org", { rcpt: "NOTIFY=NEVER" }],
  ])("is not reported about %s", async (_what, from, parameters) => {
    await using neighbours = await Neighbours.start();
    neighbours.old.options.fault = answers("MESSAGE", "554 5.6.0 not this message");
    using program = await neighbours.stranger();
    const { data } = await program.send(from, [carol], letter(carol, "unwanted"), parameters);
    expect(data?.code).toBe(250);
    await neighbours.drained();
    expect(neighbours.friends.seen.transactions).toEqual([]);
    expect(await neighbours.mailferry.maildrop("anna")).toEqual([]);
    expect(neighbours.old.seen.commands.filter((command) => command.startsWith("DATA"))).toHaveLength(1);
  });

  test("because of what the old server thinks of us is held back, and nobody is told lies", async () => {
    await using neighbours = await Neighbours.start();
    using program = await neighbours.stranger();
    const policy = answers("MESSAGE", "554 5.7.1 we do not want your mail");
    neighbours.old.options.fault = policy;
    expect((await program.send("sender@example.org", [carol], letter(carol, "held"))).data?.code).toBe(250);
    await expect
      .poll(() => neighbours.queue(), { timeout: 30_000 })
      .toMatchObject([{ to: carol, attempts: 1, lastReply: expect.stringContaining("5.7.1") }]);
    expect(neighbours.friends.seen.transactions).toEqual([]);
    expect(neighbours.mailferry.log).toMatch(/"level":50.*held back/);
    neighbours.old.options.fault = () => null;
    const [waiting] = await neighbours.queue();
    await neighbours.mailferry.command.post(`/queue/${waiting?.id}/retry`);
    await neighbours.drained();
    expect(neighbours.old.seen.transactions).toHaveLength(1);
  });

  test("success is reported where somebody asks for it and the next hop does not", async () => {
    await using neighbours = await Neighbours.start({ friends: { offers: old } });
    using program = await neighbours.colleague("anna");
    const to = [`bob@${domain}`, "friend@example.org"];
    await program.send(anna, to, letter("all", "please confirm"), { rcpt: "NOTIFY=SUCCESS,FAILURE" });
    await neighbours.drained();
    const reports = (await neighbours.mailferry.maildrop("anna")).map((octets) => octets.toString());
    expect(reports).toHaveLength(2);
    expect(reports.join("")).toMatch(/Final-Recipient: rfc822; bob@big-company\.com\r\nAction: delivered/);
    expect(reports.join("")).toMatch(/Final-Recipient: rfc822; friend@example\.org\r\nAction: relayed/);
  });
});
