// An old server that gives a UIDL to another message between two sweeps, as some do after a restore. None of the
// real ones does it on demand (popa3d's are in the walk-through), so the scripted one stands in.
import { expect, test } from "vitest";
import { hashOf, OldMailboxes, put } from "../old-server/maildrop.ts";
import { startPop3 } from "../old-server/pop3.ts";
import { eventually } from "./eventually.ts";
import { letter, letters } from "./letters.ts";
import { LOOPBACK } from "./loopback.ts";
import { startMailferry } from "./mailferry.ts";
import { readMaildrop } from "./peers/maildrop.ts";

const ADDRESS = "anna@big-company.com";

test("a UIDL reused for a message of another size: both messages are here, each once", async () => {
  const mailboxes = new OldMailboxes();
  const anna = mailboxes.add("anna", "secret");
  for (const [index, message] of letters(5).entries()) put(anna, message, `uidl-${index + 1}`);
  await using oldServer = await startPop3({ mailboxes });
  await using mailferry = await startMailferry();
  await mailferry.must("domain", "add", "big-company.com");
  const from = `pop3://${LOOPBACK}:${oldServer.port}`;
  await mailferry.must("migration", "on", "big-company.com", "--from", from, "--tls", "none");
  const read = () => readMaildrop(mailferry.pop3, ADDRESS, "secret");
  const first = await read();
  const oldUidls = first.uidls.slice(0, 5).map(([, uidl]) => uidl);
  expect(oldUidls).toEqual(["uidl-1", "uidl-2", "uidl-3", "uidl-4", "uidl-5"]);
  expect(first.count, "five old letters and the migration message").toBe(6);
  await eventually(async () => {
    const status = await mailferry.json<{ transfers: { state: string }[] }>(
      "migration",
      "status",
      "big-company.com",
    );
    expect(status.transfers.map(({ state }) => state)).toEqual(["following"]);
  });

  const other = letter("letter 3", "Another text, under the same header.", [
    "Message-ID: <letter-3@example.com>",
  ]);
  anna.messages.splice(2, 1, { uidl: "uidl-3", octets: other });
  for (let round = 0; round < 3; round += 1) {
    await mailferry.must("migration", "check", "big-company.com", "--wait");
    const now = await read();
    const due = [...first.messages.map(({ sha256 }) => sha256), hashOf(other)];
    expect(now.messages.map(({ sha256 }) => sha256)).toEqual(due);
    expect(now.uidls.slice(0, 6)).toEqual(first.uidls);
    expect(new Set(now.uidls.map(([, uidl]) => uidl)).size).toBe(7);
  }
});
