// Mail programs' libraries against our IMAP server: what they store comes back byte for byte, and what they are
// told they understand.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Listener } from "#net/listener";
import { ImapHouse } from "../imap/house.ts";
import { openImap } from "../imap/open.ts";
import type { Account } from "./clients/account.ts";
import { curlImap } from "./clients/curl.ts";
import { imaplibSession } from "./clients/python.ts";
import { letters } from "./letters.ts";
import { makeScratch, type Scratch } from "./scratch.ts";

let house: ImapHouse;
let listener: Listener;
let account: Account;
let home: Scratch;

beforeAll(async () => {
  house = await ImapHouse.open();
  listener = await openImap(house);
  account = { server: { host: "127.0.0.1", port: listener.port }, login: "anna", password: "secret" };
  home = await makeScratch("imap-clients");
});
afterAll(async () => {
  await listener.close(100);
  await house[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

describe("Python's imaplib", () => {
  test("stores, reads, flags, copies, moves and expunges", async () => {
    const special = Buffer.from(
      "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nFrom: a@example.net\r\n\r\nbare\nLF and \0 NUL\r\n",
    );
    const messages = [special, ...letters(3)];
    const saw = await imaplibSession(account, messages);
    if (saw.refused !== undefined) throw new Error(saw.refused);
    expect(saw.capabilities).toEqual(expect.arrayContaining(["IMAP4REV1", "IDLE", "MOVE", "UIDPLUS"]));
    expect(saw.lsub).toEqual(['() "/" "Entw&APw-rfe/A B"']);
    expect(saw.list).toEqual(
      expect.arrayContaining([
        '(\\HasNoChildren) "/" INBOX',
        '(\\Noselect \\HasChildren) "/" Entw&APw-rfe',
        '(\\HasNoChildren) "/" "Entw&APw-rfe/A B"',
      ]),
    );
    expect(saw.namespace).toBe('(("" "/")) NIL NIL');
    expect(saw.count).toBe(4);
    expect(saw.uids).toEqual([1, 2, 3, 4]);
    // imaplib makes CRLF of every line end before it sends.
    const sent = messages.map((octets) => octets.toString("latin1").replace(/\r\n|\r|\n/g, "\r\n"));
    expect(saw.messages.map((octets) => octets.toString("latin1"))).toEqual(sent);
    expect(saw.heads[0]).toMatch(
      /^1 \(UID 1 FLAGS \(\\Seen \$Label\) INTERNALDATE "31-Jan-2025 09:20:30 \+0000" RFC822\.SIZE \d+ BODY\[\] \{\d+\}$/,
    );
    expect(saw.flags[0]).toBe("1 (FLAGS ($Label))");
    // The first number is that of the message that was moved.
    expect(saw).toMatchObject({ unseen: "1", subject: "1", expunged: ["4", "1"] });
    expect(saw.status).toEqual({
      '"Entw&APw-rfe/A B"': '"Entw&APw-rfe/A B" (MESSAGES 2 UNSEEN 0)',
      Archive: "Archive (MESSAGES 2 UNSEEN 1)",
      Trash: "Trash (MESSAGES 1 UNSEEN 0)",
    });
  });

  test("tells a wrong password apart", async () => {
    const saw = await imaplibSession({ ...account, password: "wrong" }, []);
    expect(saw.refused).toContain("[AUTHENTICATIONFAILED]");
  });
});

describe("curl", () => {
  test("uploads, lists, searches and downloads", async () => {
    const [message = Buffer.alloc(0)] = letters(1);
    const file = join(home.path, "message.eml");
    await writeFile(file, message);
    const uploaded = await curlImap(account, "/Drafts", ["--upload-file", file]);
    expect(uploaded.exitCode, uploaded.stderr).toBe(0);
    const folders = await curlImap(account, "/", []);
    expect(folders.octets.toString()).toContain('* LIST (\\HasNoChildren \\Drafts) "/" Drafts\r\n');
    const found = await curlImap(account, "/Drafts", ["--request", "UID SEARCH ALL"]);
    expect(found.octets.toString()).toBe("* SEARCH 1\r\n");
    const whole = await curlImap(account, "/Drafts;UID=1", []);
    expect(whole.octets.equals(message)).toBe(true);
    const text = await curlImap(account, "/Drafts;MAILINDEX=1;SECTION=TEXT", []);
    expect(message.toString("latin1").endsWith(text.octets.toString("latin1"))).toBe(true);
    expect(text.octets.length).toBeGreaterThan(0);
    const wrong = await curlImap({ ...account, password: "wrong" }, "/", []);
    expect(wrong.exitCode).toBe(67);
  });
});
