// Thunderbird over IMAP, from its person's first login on a server that still copies the old mail. What it holds,
// shows and does is judged from both sides: by its window and its files, and by another program on the server.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OldMailboxes, put } from "../old-server/maildrop.ts";
import { type RunningPop3, startPop3 } from "../old-server/pop3.ts";
import { imapflow } from "./clients/imapflow.ts";
import { subjectOf } from "./clients/synced.ts";
import { type Desk, setUpDesk } from "./clients/thunderbird/desk.ts";
import { lookAt } from "./clients/thunderbird/display.ts";
import type { Thunderbird } from "./clients/thunderbird/thunderbird.ts";
import { corpusMessagesNamed } from "./corpus.ts";
import { eventually } from "./eventually.ts";
import { openFrontDoor } from "./front-door.ts";
import { colouredLetter, letter, letters } from "./letters.ts";
import { LOOPBACK } from "./loopback.ts";
import { type Mailferry, startMailferry } from "./mailferry.ts";
import { wireRecord } from "./wire-record.ts";

const LOGIN = "anna@big-company.com";
const PASSWORD = "secret";
const WELCOME = "Welcome to your new mail server";
/** How long the old server takes for each message, in milliseconds, so that Thunderbird overtakes the copying. */
const OLD_SERVER_TAKES = 200;
/** A folder name that needs modified UTF-7 and quotes on the wire, and how it looks there. */
const FOLDER = "Übergabe & Ablage";
const ON_THE_WIRE = "&ANw-bergabe &- Ablage";

const PICNIC = "Picknick für alle – 12 €";
const picnic = colouredLetter();
/** Messages that Thunderbird keeps octet by octet: whole lines, and none that its own files have to mask. */
const OLD_MAIL = [
  ...corpusMessagesNamed(
    "basic/james-mail-containing-unicode-characters.eml",
    "calendar/james-gmail-mime.mixed-rfc2047.eml",
    "encoded-words-rfc2231/mimekit-japanese.rfc2047.eml",
    "headers-malformed/made-header-64k-folded.eml",
    "intl-8bit-eai/made-eai-utf8-addresses.eml",
    "intl-charsets/sa-ham-004-jurek-popr-hom-kolosan.mixed.eml",
    "line-endings-nul-longlines/made-body-line-65536-octets.eml",
    "nested-rfc822/made-rfc822-in-multipart-x5.eml",
    "signed-encrypted/mimekit-announce-gnu-pg-2-1-20-released.mixed.eml",
  ),
  ...letters(8),
  picnic,
];

const cleanup = new AsyncDisposableStack();
const wire = wireRecord();
let oldServer: RunningPop3;
let mailferry: Mailferry;
let desk: Desk;
let thunderbird: Thunderbird;

beforeAll(async () => {
  const oldPeople = new OldMailboxes();
  const mailbox = oldPeople.add("anna", PASSWORD);
  for (const message of OLD_MAIL) put(mailbox, message);
  const slow = { do: "wait" } as const;
  oldServer = cleanup.use(
    await startPop3({
      mailboxes: oldPeople,
      // One RETR at a time: what Thunderbird asks for next is asked of the old server next.
      pipelining: false,
      fault: ({ verb }) => (verb === "RETR" ? { ...slow, until: sleep(OLD_SERVER_TAKES) } : null),
    }),
  );
  mailferry = cleanup.use(await startMailferry());
  await mailferry.must("domain", "add", "big-company.com");
  const from = `pop3://${LOOPBACK}:${oldServer.port}`;
  await mailferry.must("migration", "on", "big-company.com", "--from", from, "--tls", "none");
  const door = cleanup.use(await openFrontDoor(mailferry.imap, wire.hear));
  const account = { server: door.endpoint, login: LOGIN, password: PASSWORD };
  desk = cleanup.use(await setUpDesk({ ...account, protocol: "imap", submission: mailferry.submission }));
  thunderbird = await desk.start();
}, 120_000);
afterAll(() => cleanup.disposeAsync());

test("downloads everything while the old mail is still copied", async () => {
  await thunderbird.goOnline();
  await thunderbird.checkMail();
  await untilHere("INBOX", OLD_MAIL.length + 1);
  const asked = sent(/ UID FETCH .*HEADER/i)[0]?.at ?? Infinity;
  expect(asked, "it asked before the last was copied").toBeLessThan(oldServer.seen.retrieved.at(-1)?.at ?? 0);
  const held = await thunderbird.held("INBOX");
  const onServer = await there("INBOX");
  expect(octetsOf(held)).toEqual(octetsOf(onServer));
  expect(octetsOf(onServer.filter(({ subject }) => subject !== WELCOME))).toEqual(
    octetsOf(OLD_MAIL.map((octets) => ({ octets }))),
  );
  expect(held.map(({ size }) => size).sort()).toEqual(onServer.map(({ octets }) => octets.length).sort());
  // And one that saw that reading takes nothing away (A18).
  expect(oldServer.seen.goodLogins).toBe(2);
});

test("shows a message, beside the list and in a tab of its own", async () => {
  const before = await desk.picture("thunderbird-list");
  const shown = await thunderbird.show("INBOX", PICNIC);
  expect(shown.title).toBe(PICNIC);
  expect(shown.text).toMatch(/Picknick am Fluß\s*Samstag\s*12 Uhr\s*Beitrag\s*12 €/);
  const blank = await lookAt(before, shown.at);
  expect(blank, "nothing was there before").toMatchObject({ colours: 1 });
  // Painting comes a moment after loading.
  await eventually(async () => {
    const look = await lookAt(await desk.picture("thunderbird-message"), shown.at);
    expect(look.colours).toBeGreaterThan(50);
    expect(look.deviation).toBeGreaterThan(0.02);
  }, 10_000);

  const inTab = await thunderbird.showInTab("INBOX", PICNIC);
  expect(inTab.title).toBe(PICNIC);
  await eventually(async () => {
    expect((await desk.display.titles()).join("\n"), "on the window").toContain(PICNIC);
    const look = await lookAt(await desk.picture("thunderbird-tab"), inTab.at);
    expect(look.colours).toBeGreaterThan(50);
  }, 10_000);
  await eventually(async () => expect(await marked("\\Seen")).toEqual([subjectOf(picnic)]), 10_000);
});

test("marks, stars, moves into a folder of its own making, and deletes into our Trash", async () => {
  await thunderbird.markRead("INBOX", ["letter 1", "letter 2"]);
  await eventually(async () =>
    expect(await marked("\\Seen")).toEqual([subjectOf(picnic), "letter 1", "letter 2"].sort()),
  );
  await thunderbird.star("INBOX", "letter 3");
  await eventually(async () => expect(await marked("\\Flagged")).toEqual(["letter 3"]));
  expect(await thunderbird.makeFolder(FOLDER)).toBe(ON_THE_WIRE);
  await thunderbird.move("INBOX", "letter 4", ON_THE_WIRE);
  await thunderbird.remove("INBOX", "letter 5");
  await eventually(async () => {
    expect(subjects(await there(FOLDER))).toEqual(["letter 4"]);
    expect(subjects(await there("Trash"))).toEqual(["letter 5"]);
  });
  expect(await there("INBOX")).toHaveLength(OLD_MAIL.length + 1 - 2);
  const folders = await thunderbird.folders();
  expect(folders.filter(({ isTrash }) => isTrash)).toEqual([{ name: "Trash", isTrash: true }]);
  expect(sent(/ CREATE /i), "it found our folders and made no others").toHaveLength(1);

  await thunderbird.openFolder("Trash"); // whose content it does not keep by itself
  await eventually(async () => expect(subjects(await thunderbird.held("Trash"))).toEqual(["letter 5"]));
  await thunderbird.openFolder(ON_THE_WIRE);
  await untilHere(ON_THE_WIRE, 1);
  expect(octetsOf(await thunderbird.held(ON_THE_WIRE))).toEqual(octetsOf(await there(FOLDER)));
});

test("hears in IDLE what another program does", async () => {
  await thunderbird.openFolder("INBOX");
  const uid = async (subject: string) =>
    (await there("INBOX")).find((one) => one.subject === subject)?.uid ?? 0;
  const [starred, removed] = [await uid("letter 6"), await uid("letter 7")];
  await imapflow(account(), [
    { do: "flag", folder: "INBOX", uid: starred, flag: "\\Flagged" },
    { do: "delete", folder: "INBOX", uid: removed },
    { do: "append", folder: "INBOX", octets: letter("written elsewhere", "By another program.") },
  ]);
  await untilHere("INBOX", OLD_MAIL.length + 1 - 2);
  await eventually(async () => {
    const held = await thunderbird.held("INBOX");
    expect(subjects(held.filter(({ isFlagged }) => isFlagged))).toEqual(["letter 3", "letter 6"]);
    expect(subjects(held)).not.toContain("letter 7");
    expect(octetsOf(held)).toEqual(octetsOf(await there("INBOX")));
  });
});

test("hears in IDLE of mail that came in the middle of its own commands", async () => {
  // It takes no notice of an EXISTS that comes with these.
  for (const [subject, command, act] of [
    ["during a fetch", / UID FETCH \d+:\*/i, () => thunderbird.checkMail()],
    ["during a store", / UID STORE /i, () => thunderbird.star("INBOX", "letter 8")],
  ] as const) {
    const octets = letter(subject, "In between.");
    const append = { do: "append", folder: "INBOX", octets } as const;
    wire.before(command, async () => void (await imapflow(account(), [append])));
    await act();
    await eventually(async () => expect(subjects(await thunderbird.held("INBOX"))).toContain(subject));
    await untilHere("INBOX", (await there("INBOX")).length);
  }
});

test("sends through us and keeps a copy in our Sent", async () => {
  await thunderbird.send(LOGIN, "Grüße an mich", "Bis Samstag am Fluß!");
  const subject = "=?UTF-8?B?R3LDvMOfZSBhbiBtaWNo?=";
  const [kept] = await there("Sent");
  expect(kept).toMatchObject({ subject, flags: ["\\Seen"] });
  await eventually(async () => {
    const arrived = (await there("INBOX")).find((one) => one.subject === subject);
    const [body, copy] = [arrived, kept].map((one) => one?.octets.toString("utf8").split("\r\n\r\n")[1]);
    expect(body).toBe("Bis Samstag am Fluß!\r\n");
    expect(copy).toBe(body);
  });
  await untilHere("INBOX", (await there("INBOX")).length);
});

test("downloads nothing again when it is started a second time", async () => {
  const before = await thunderbird.held("INBOX");
  await thunderbird.quit();
  wire.forget();
  thunderbird = await desk.start();
  for (const folder of [ON_THE_WIRE, "Trash", "INBOX"]) {
    await thunderbird.openFolder(folder);
    await eventually(async () => expect(sent(new RegExp(` SELECT "${folder}"`, "i"))).not.toEqual([]));
  }
  await eventually(async () => expect(sent(/ IDLE$/).length).toBeGreaterThanOrEqual(3));
  expect(await thunderbird.held("INBOX")).toEqual(before);
  expect(sent(/ FETCH .*BODY/i)).toEqual([]);
  expect(wire.contentOctets()).toBe(0);
  await thunderbird.quit();
  expect(desk.askedOutside()).toEqual([]);
});

const account = () => ({ server: mailferry.imap, login: LOGIN, password: PASSWORD });

/** What another program finds on the server. */
async function there(folder: string) {
  const [list] = await imapflow(account(), [{ do: "list", folder }]);
  const rows = list?.rows ?? [];
  const fetches = rows.map(({ uid }) => ({ do: "fetch", folder, uid }) as const);
  const fetched = await imapflow(account(), fetches);
  return rows.map(({ uid, flags }, index) => {
    const octets = fetched[index]?.octets ?? Buffer.alloc(0);
    return { uid, flags, octets, subject: subjectOf(octets) };
  });
}

/** Subjects of the messages in the INBOX with that flag. */
async function marked(flag: string): Promise<string[]> {
  return subjects((await there("INBOX")).filter(({ flags }) => flags.includes(flag)));
}

/** Waits until Thunderbird has that many messages of a folder in its own files. */
async function untilHere(folder: string, count: number): Promise<void> {
  await eventually(async () => {
    const held = await thunderbird.held(folder);
    expect(held.map(({ octets }) => octets !== null)).toEqual(Array(count).fill(true));
  });
}

function sent(what: RegExp) {
  return wire.sent().filter(({ line }) => what.test(line));
}

function subjects(messages: readonly { readonly subject: string }[]): string[] {
  return messages.map(({ subject }) => subject).sort();
}

function octetsOf(messages: readonly { readonly octets: Buffer | null }[]): string[] {
  return messages.map(({ octets }) => octets?.toString("latin1") ?? "not here").sort();
}
