/** What could not be taken is known by what it says of itself, as far as the old server lets that be known. */
import { describe, expect, test } from "vitest";
import type { ReportedMailbox, ReportView } from "#http/proof-views";
import { put } from "../../old-server/maildrop.ts";
import { domain, Move, minutes } from "../move.ts";

const tops = (move: Move) =>
  move.old.pop3.seen.commands.flatMap((line) => /TOP (\d+) 0$/.exec(line)?.[1] ?? []);

async function named(move: Move): Promise<ReportedMailbox["named"]> {
  const path = `/migrations/${domain}/report?format=json&certificate=none`;
  const chunks = move.command.stream("GET", path);
  const text = Buffer.concat(await Array.fromAsync(chunks)).toString();
  const report = JSON.parse(text) as ReportView;
  return report.mailboxes.find(({ address }) => address === `anna@${domain}`)?.named ?? [];
}

function putInvoice(move: Move): void {
  const lines = [
    "From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.net>",
    "Subject: =?utf-8?Q?Invoice_=E2=82=AC?= 7",
    "Date: Mon, 02 Jun 2025 10:00:00 +0200",
    "",
    "x".repeat(70),
    "",
  ];
  put(move.anna, Buffer.from(lines.join("\r\n")), "uid-invoice");
}

const invoice = {
  uniqueId: "uid-invoice",
  subject: "Invoice € 7",
  from: "Jörg <joerg@example.net>",
  date: "2025-06-02T08:00:00.000Z",
};

describe("a message that cannot be had is reported with subject, sender and date", () => {
  test("by TOP, after a message that is here has shown that TOP takes nothing away", async () => {
    await using move = await Move.start("A21:at=6:form=error", { afterBob: true });
    putInvoice(move);
    expect(await move.tryLogin()).toBe("+OK");
    await move.until(({ messagesHere, reason }) => messagesHere === 5 && reason !== null);
    move.pass(60 * minutes);
    await move.check();
    expect(await named(move)).toMatchObject([{ ...invoice, what: "unaccounted" }]);
    move.pass(24 * 60 * minutes);
    await move.check();
    // One that is here, and then the one that is not; neither is asked for again.
    expect(tops(move)).toHaveLength(2);
    expect(tops(move)[1]).toBe("6");
    expect(move.anna.messages).toHaveLength(6);
  });

  test("not by a TOP that deletes: it is found out with a message that is here", async () => {
    await using move = await Move.start("A21:at=6:form=error,A17:form=deletes", { afterBob: true });
    putInvoice(move);
    expect(await move.tryLogin()).toBe("+OK");
    await move.until(({ messagesHere, reason }) => messagesHere === 5 && reason !== null);
    for (let sweep = 0; sweep < 3; sweep++) {
      move.pass(60 * minutes);
      await move.check();
    }
    expect(tops(move)).toHaveLength(1);
    expect(move.anna.messages.map(({ uidl }) => uidl)).toContain("uid-invoice");
  });

  test("by what came of it before the connection broke", async () => {
    await using move = await Move.start("", { afterBob: true });
    putInvoice(move);
    move.old.pop3.options.fault = ({ verb, argument }) =>
      verb === "RETR" && argument === "6" ? { do: "drop-inside", octets: 150 } : null;
    expect(await move.tryLogin()).toBe("+OK");
    await move.until(({ messagesHere, reason }) => messagesHere === 5 && reason !== null);
    expect(await named(move)).toMatchObject([invoice]);
    expect(tops(move)).toEqual([]);
  });

  test("the mail store's own message, which is left out", async () => {
    await using move = await Move.start("A23");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await named(move)).toMatchObject([
      { what: "skipped", subject: expect.stringContaining("FOLDER INTERNAL DATA") },
    ]);
  });
});
