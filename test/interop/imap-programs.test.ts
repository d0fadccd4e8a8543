// Other people's IMAP programs, each with its person's first login on a server that still copies the old mail: a
// first sync, changes offline on both sides, a second sync, and both sides are equal.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OldMailboxes, put } from "../old-server/maildrop.ts";
import { type RunningPop3, startPop3 } from "../old-server/pop3.ts";
import type { Account } from "./clients/account.ts";
import { curlImap } from "./clients/imap-curl.ts";
import { imaplib, mailImapClient } from "./clients/imap-scripts.ts";
import type { ImapVerbs } from "./clients/imap-verbs.ts";
import { imapflow } from "./clients/imapflow.ts";
import { setUpMbsync } from "./clients/mbsync.ts";
import { setUpNeomutt } from "./clients/neomutt.ts";
import { setUpOfflineimap } from "./clients/offlineimap.ts";
import { type Replica, replica } from "./clients/replica.ts";
import { described, describedMessage, type SyncProgram, subjectOf } from "./clients/synced.ts";
import { eventually } from "./eventually.ts";
import { letter, letters } from "./letters.ts";
import { LOOPBACK } from "./loopback.ts";
import { type Mailferry, startMailferry } from "./mailferry.ts";
import { makeScratch, type Scratch } from "./scratch.ts";

const DOMAIN = "big-company.com";
const WELCOME = "Welcome to your new mail server";
/** How long the old server takes for each message, so that a first sync overtakes the copying. */
const OLD_SERVER_TAKES = 80;
const OLD_LETTERS = letters(40);

const oldPeople = new OldMailboxes();
const cleanup = new AsyncDisposableStack();
let oldServer: RunningPop3;
let mailferry: Mailferry;
let home: Scratch;

beforeAll(async () => {
  home = cleanup.use(await makeScratch("imap-programs"));
  const slow = { do: "wait" } as const;
  oldServer = cleanup.use(
    await startPop3({
      mailboxes: oldPeople,
      // One RETR at a time: what a program asks for next is asked of the old server next.
      pipelining: false,
      fault: ({ verb }) => (verb === "RETR" ? { ...slow, until: sleep(OLD_SERVER_TAKES) } : null),
    }),
  );
  mailferry = cleanup.use(await startMailferry());
  await mailferry.must("domain", "add", DOMAIN);
  const from = `pop3://${LOOPBACK}:${oldServer.port}`;
  await mailferry.must("migration", "on", DOMAIN, "--from", from, "--tls", "none");
}, 60_000);
afterAll(() => cleanup.disposeAsync());

/** A program set up for a person with an account; `judge` is another program that reads the server afterwards. */
interface Contestant {
  readonly judge: ImapVerbs;
  readonly setUp: (home: string, account: Account) => Promise<SyncProgram>;
  /** It cannot read or append without marking as read. */
  readonly marksRead?: true;
  /** Its files show when each content came: the first has to be there before the last is copied. */
  readonly keepsFiles?: true;
}

const CONTESTANTS: readonly (readonly [string, Contestant])[] = [
  ["curl", { judge: imaplib, setUp: async (_, account) => replica(curlImap, account), marksRead: true }],
  ["imaplib", { judge: imapflow, setUp: async (_, account) => replica(imaplib, account) }],
  ["imapflow", { judge: imaplib, setUp: async (_, account) => replica(imapflow, account) }],
  ["mail-imapclient", { judge: imaplib, setUp: async (_, account) => replica(mailImapClient, account) }],
  ["mbsync", { judge: imaplib, setUp: setUpMbsync, keepsFiles: true }],
  ["offlineimap", { judge: imaplib, setUp: setUpOfflineimap }],
  ["neomutt", { judge: imaplib, setUp: setUpNeomutt }],
];

describe.each(CONTESTANTS)("%s", (name, { judge, setUp, marksRead, keepsFiles }) => {
  const account = (): Account => ({
    server: mailferry.imap,
    login: `${name}@${DOMAIN}`,
    password: "secret",
  });
  const read = marksRead ? ["\\Seen"] : [];

  test("syncs while the old mail is copied, and both ways afterwards", async () => {
    const mailbox = oldPeople.add(name, "secret");
    for (const message of OLD_LETTERS) put(mailbox, message);
    const program = await setUp(join(home.path, name), account());
    const there = replica(judge, account());

    await program.sync();
    const first = described(await program.held());
    expect(withoutWelcome(first.INBOX), "each old letter once").toEqual(
      OLD_LETTERS.map((octets) => describedMessage(octets, read)).sort(),
    );
    expect(first.INBOX).toHaveLength(OLD_LETTERS.length + 1);
    expect(first.Archive).toEqual([]);
    const firstHere = keepsFiles ? await firstFileAt(join(home.path, name, "mail", "INBOX")) : undefined;
    await untilCopied(account().login);
    const lastThere = oldServer.seen.retrieved.findLast((retrieved) => retrieved.name === name)?.at;
    if (firstHere !== undefined)
      expect(firstHere, "the first letter was here before the last was copied").toBeLessThan(
        performance.timeOrigin + (lastThere ?? 0),
      );
    await there.sync();
    expect(described(await there.held()), "the server, once all is copied").toEqual(first);

    await there.remove("letter 11");
    await there.moveToArchive("letter 12");
    await there.star("letter 13");
    await there.write(letter("written elsewhere", "By another program."));
    await program.remove("letter 21");
    await program.moveToArchive("letter 22");
    await program.star("letter 23");
    await program.write(letter("written offline", "Before it was online again."));
    await there.sync();
    await program.sync();
    await there.sync();
    const due = {
      INBOX: [
        ...OLD_LETTERS.filter((octets) => !/ (11|12|21|22)$/.test(subjectOf(octets))).map((octets) =>
          describedMessage(octets, / (13|23)$/.test(subjectOf(octets)) ? ["\\Flagged", ...read] : read),
        ),
        describedMessage(letter("written elsewhere", "By another program."), read),
        describedMessage(letter("written offline", "Before it was online again."), read),
      ].sort(),
      Archive: ["12", "22"].map((number) => describedMessage(oldLetter(number), read)).sort(),
    };
    const here = described(await program.held());
    expect({ ...here, INBOX: withoutWelcome(here.INBOX) }, "its own copy").toEqual(due);
    expect(described(await there.held()), "the server").toEqual(here);

    const before = fetchedBy(program);
    await program.sync();
    await there.sync();
    expect(described(await program.held()), "nothing left to do").toEqual(here);
    expect(described(await there.held())).toEqual(here);
    expect(fetchedBy(program)).toBe(before);
    if (before !== undefined) expect(before, "41 at first, one new, two in Archive, its own").toBe(45);
  });
});

test("nobody logged in twice on the old server, and no letter was asked for twice", () => {
  // And one that saw that reading takes nothing away (A18).
  expect(oldServer.seen.goodLogins).toBe(CONTESTANTS.length + 1);
  expect(oldServer.seen.retrieved).toHaveLength(CONTESTANTS.length * OLD_LETTERS.length);
});

function oldLetter(number: string): Buffer {
  const found = OLD_LETTERS.find((octets) => subjectOf(octets) === `letter ${number}`);
  if (!found) throw new Error(`no letter ${number}`);
  return found;
}

function withoutWelcome(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.startsWith(WELCOME));
}

function fetchedBy(program: SyncProgram): number | undefined {
  return "fetched" in program ? (program as Replica).fetched() : undefined;
}

/** When the oldest file of a Maildir got there, in epoch milliseconds. */
async function firstFileAt(maildir: string): Promise<number> {
  const times: number[] = [];
  for (const part of ["cur", "new"])
    for (const file of await readdir(join(maildir, part)))
      times.push((await stat(join(maildir, part, file))).ctimeMs);
  return Math.min(...times);
}

async function untilCopied(address: string): Promise<void> {
  await eventually(async () => {
    const status = await mailferry.json<{ transfers: { address: string; state: string }[] }>(
      "migration",
      "status",
      DOMAIN,
    );
    const transfer = status.transfers.find((one) => one.address === address);
    expect(transfer).toMatchObject({ state: "following" });
  });
}
