// Thunderbird over POP3, which leaves its mail on the server and remembers unique-ids. It forgets every unique-id that
// a listing lacks and downloads those messages again when they come back: an empty or shortened maildrop, shown once,
// would double everybody's mail.
import { afterAll, beforeAll, expect, test } from "vitest";
import { OldMailboxes, put } from "../old-server/maildrop.ts";
import { type RunningPop3, startPop3 } from "../old-server/pop3.ts";
import { withCrLf } from "./clients/account.ts";
import { imapflow } from "./clients/imapflow.ts";
import { type Desk, setUpDesk } from "./clients/thunderbird/desk.ts";
import type { Thunderbird } from "./clients/thunderbird/thunderbird.ts";
import { corpusMessagesNamed } from "./corpus.ts";
import { eventually } from "./eventually.ts";
import { type FrontDoor, openFrontDoor } from "./front-door.ts";
import { letter, letters } from "./letters.ts";
import { LOOPBACK } from "./loopback.ts";
import { type Mailferry, startMailferry } from "./mailferry.ts";
import { wireRecord } from "./wire-record.ts";

const LOGIN = "bob@big-company.com";
const PASSWORD = "secret";
const OLD_MAIL = [
  ...corpusMessagesNamed(
    "intl-charsets/sa-ham-004-jurek-popr-hom-kolosan.mixed.eml",
    "line-endings-nul-longlines/made-body-line-65536-octets.eml",
    "signed-encrypted/mimekit-announce-gnu-pg-2-1-20-released.mixed.eml",
  ),
  letter("dots", ".\r\n..\r\n.end"),
  ...letters(9),
];

const cleanup = new AsyncDisposableStack();
const wire = wireRecord();
let oldServer: RunningPop3;
let mailferry: Mailferry;
let door: FrontDoor;
let desk: Desk;
let thunderbird: Thunderbird;

beforeAll(async () => {
  const oldPeople = new OldMailboxes();
  const mailbox = oldPeople.add("bob", PASSWORD);
  for (const message of OLD_MAIL) put(mailbox, message);
  oldServer = cleanup.use(await startPop3({ mailboxes: oldPeople }));
  mailferry = cleanup.use(await startMailferry());
  await mailferry.must("domain", "add", "big-company.com");
  const from = `pop3://${LOOPBACK}:${oldServer.port}`;
  await mailferry.must("migration", "on", "big-company.com", "--from", from, "--tls", "none");
  door = cleanup.use(await openFrontDoor({ host: LOOPBACK, port: oldServer.port }, wire.hear));
  const account = { server: door.endpoint, login: LOGIN, password: PASSWORD };
  desk = cleanup.use(await setUpDesk({ ...account, protocol: "pop3", submission: mailferry.submission }));
}, 120_000);
afterAll(() => cleanup.disposeAsync());

test("downloads from the old server and leaves the mail there", async () => {
  thunderbird = await desk.start();
  await thunderbird.goOnline();
  expect(await check()).toHaveLength(OLD_MAIL.length);
  expect(await held()).toEqual(inOrder(OLD_MAIL));
  expect(await check(), "at once again").toEqual([]);
});

test("downloads nothing but the migration message from the new server", async () => {
  door.lead(mailferry.pop3);
  expect(await check()).toHaveLength(1);
  const welcome = (await thunderbird.held("Inbox")).map(({ subject }) => subject);
  expect(welcome).toContain("Welcome to your new mail server");
  expect(await check(), "at once again").toEqual([]);
  await thunderbird.quit();
  thunderbird = await desk.start();
  expect(await check(), "started again").toEqual([]);
  await mailferry.crash();
  expect(await check(), "after the server was killed").toEqual([]);
});

test("shows what it downloaded", async () => {
  const shown = await thunderbird.show("Inbox", "Welcome to your new mail server");
  expect(shown.text).toContain("your mailbox has moved to a new mail server");
  await desk.picture("thunderbird-pop3");
});

test("deletes on the server what is deleted here", async () => {
  await thunderbird.remove("Inbox", "letter 4");
  expect(await check()).toEqual([]);
  expect(sent("DELE")).toEqual([`DELE ${OLD_MAIL.length - 5}`]);
  const [list] = await imapflow({ server: mailferry.imap, login: LOGIN, password: PASSWORD }, [
    { do: "list", folder: "INBOX" },
  ]);
  expect(list?.rows?.map(({ uid }) => uid)).not.toContain(OLD_MAIL.length - 5);
  expect(list?.rows).toHaveLength(OLD_MAIL.length);
  expect(await check(), "and it stays so").toEqual([]);
  await thunderbird.quit();
  expect(desk.askedOutside()).toEqual([]);
});

/** Has it look for mail, to the end of the session. Returns the RETR commands. */
async function check(): Promise<string[]> {
  wire.forget();
  await thunderbird.checkMail();
  await eventually(async () => expect(sent("QUIT")).toHaveLength(1));
  return sent("RETR");
}

function sent(verb: string): string[] {
  return wire
    .sent()
    .map(({ line }) => line)
    .filter((line) => line.startsWith(verb));
}

/** The messages in its own files. They have LF there, as Unix programs have it. */
async function held(): Promise<string[]> {
  return inOrder((await thunderbird.held("Inbox")).map(({ octets }) => withCrLf(octets ?? Buffer.alloc(0))));
}

function inOrder(messages: readonly Buffer[]): string[] {
  return messages.map((octets) => octets.toString("latin1")).sort();
}
