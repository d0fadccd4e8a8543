/** Group F of the failure catalogue: content stays as it was, and each message is one. */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hashOf, put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { sha256 } from "../programs/pop3-program.ts";
import { Doors, patient } from "./doors.ts";
import { contents, domain, isMigrationMessage, Move, minutes } from "./move.ts";
import { patience } from "./quick.ts";

Object.assign(patience, patient);

/** What RETR gives of the old mail, as hashes: a message that does not end with a line end gets one. */
function sent(move: Move): readonly string[] {
  const end = Buffer.from("\r\n");
  return move.anna.messages.map(({ octets }) =>
    hashOf(octets.length === 0 || end.equals(octets.subarray(-2)) ? octets : Buffer.concat([octets, end])),
  );
}

/** What a program makes of RETR that takes a bare LF for a line end, as our dot-stuffing allows it to. */
async function retrieved(move: Move): Promise<readonly string[]> {
  await using program = await move.login();
  const hashes: string[] = [];
  for (const { number } of await program.list()) {
    const octets = await program.retrieve(number);
    const text = octets.toString("latin1").replaceAll(/(?<!\r)\n\.\./g, "\n.");
    if (!isMigrationMessage(octets)) hashes.push(sha256(Buffer.from(text, "latin1")));
  }
  return hashes;
}

/** Everything is here as it is there, over POP3 and IMAP, and two sweeps add nothing. */
async function comesOver(scenario: string): Promise<void> {
  await using doors = await Doors.open(scenario);
  const { move } = doors;
  expect(await move.tryLogin()).toBe("+OK");
  await move.copied();
  for (let sweep = 0; sweep < 2; sweep++) {
    move.pass(90 * minutes);
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
  }
  expect(await retrieved(move)).toEqual(sent(move));
  await using reader = await doors.reader();
  await reader.mailboxOpen("INBOX");
  const read: string[] = [];
  for await (const { source } of reader.fetch("1:*", { source: true }))
    if (source && !isMigrationMessage(source)) read.push(sha256(source));
  expect(read).toEqual(sent(move));
}

describe("F1, F2, F3, F4, F6, F9: odd messages come over octet for octet, as many as there were", () => {
  test.each([
    ["F1: 8-bit headers, NUL, lines that begin with From", "F1"],
    ["F2: bare CR, bare LF, lone dots", "F2"],
    ["F3: lines of 20,000 octets, and no line end at the end", "F3"],
    ["F4: a leading From line of an mbox is content like the rest", "F4"],
    ["F6: equal Message-IDs, three identical messages, none at all", "F6"],
    ["F9: no header, one line, an empty line, nothing", "F9"],
    ["F12: signed mail", "F12"],
  ])("%s", async (_, scenario) => {
    await comesOver(scenario);
  });
});

describe("F5: nothing is added within a message, and headers that change there bring no copies", () => {
  test("another header in each session", async () => {
    await using move = await Move.start("F5");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const before = await move.hashes();
    expect(before).toHaveLength(5);
    for (let sweep = 0; sweep < 3; sweep++) {
      move.pass(90 * minutes);
      expect(await move.check()).toMatchObject({ found: 0, problem: null });
    }
    expect(await move.hashes()).toEqual(before);
  });

  test("fields of a mail store that are written after the copy", async () => {
    await using move = await Move.start("F5:form=store");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const before = await move.hashes();
    for (let sweep = 0; sweep < 3; sweep++) {
      move.pass(90 * minutes);
      expect(await move.check()).toMatchObject({ found: 0, problem: null });
    }
    expect(await move.hashes()).toEqual(before);
    expect(Buffer.from(move.anna.messages[0]?.octets ?? []).toString()).toContain("X-UIDL: ");
  });
});

describe("F7: five runs in a row add nothing", () => {
  test("with unique-ids and without", async () => {
    for (const scenario of ["", "A4"]) {
      await using move = await Move.start(scenario);
      expect(await move.tryLogin()).toBe("+OK");
      await move.copied();
      for (let run = 0; run < 5; run++) {
        move.pass(90 * minutes);
        expect(await move.check()).toMatchObject({ found: 0, problem: null });
      }
      expect(await move.hashes()).toEqual(contents(move));
    }
  });
});

describe("F8: mail from POP3 is dated by its newest sane Received, else by its Date, else by now", () => {
  test("years 0 and 2335, words, nothing, and a proper one", async () => {
    await using doors = await Doors.open("F8");
    const { move } = doors;
    put(move.anna, `Received: from a by b; Mon, 02 Nov 2020 08:00:00 +0000\r\n${letter("anna", "received")}`);
    put(move.anna, letter("anna", "dated").replace("2026", "2021").replace("Mon, ", ""));
    await using reader = await doors.reader();
    await move.copied();
    await reader.mailboxOpen("INBOX");
    const dates = new Map<string, number>();
    for await (const { internalDate, envelope } of reader.fetch("1:*", {
      internalDate: true,
      envelope: true,
    }))
      dates.set(envelope?.subject ?? "", new Date(internalDate ?? Number.NaN).getTime());
    expect(dates.get("received")).toBe(Date.UTC(2020, 10, 2, 8));
    expect(dates.get("dated")).toBe(Date.UTC(2021, 10, 2, 8));
    for (const [subject, date] of dates) {
      expect(date, subject).toBeGreaterThan(Date.UTC(1980, 0, 1));
      expect(date, subject).toBeLessThan(move.now() + 25 * 60 * minutes);
    }
  });
});

describe("F10: nothing is stored shorter than what was sent, and what came short is not the end of it", () => {
  test("a cut with a proper end is taken as it was sent, never shorter", async () => {
    await using move = await Move.start("F10:at=2:octets=150");
    expect(await move.tryLogin()).toBe("+OK");
    await move.until(({ messagesHere }) => messagesHere >= 4);
    const [first, second = Buffer.alloc(0), ...others] = move.anna.messages.map(({ octets }) => octets);
    const cut = Buffer.concat([second.subarray(0, 150), Buffer.from("\r\n")]);
    const given = [first ?? second, cut, ...others].map(hashOf);
    for (const { state, sha256: hash } of move.ledger())
      if (state === "copied") expect(given).toContain(hash);
  });
});

describe("F11: the limit for new mail is none for old mail", () => {
  test("a message of 3 MB where new mail may have 1 MB", async () => {
    await using move = await Move.start("F11:octets=3000000", {
      environment: { MAILFERRY_MAX_MESSAGE: "1 MB" },
    });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(sent(move));
  });
});

const corpus = fileURLToPath(new URL("../../../shared/corpus/messages/", import.meta.url));

/** The bh= of the first DKIM signature, and the hash of the body as it says (RFC 6376 §3.4, §3.7). */
function bodyHash(message: Buffer): { readonly said: string; readonly is: string } | null {
  const text = message.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const header = text.slice(0, end + 2).replaceAll(/\r\n[ \t]+/g, " ");
  const tags = /^DKIM-Signature:(.*)\r$/im.exec(header.replaceAll("\r\n", "\r\n"))?.[1] ?? "";
  const tag = (name: string): string =>
    new RegExp(`(?:^|;)\\s*${name}\\s*=([^;]*)`).exec(tags)?.[1]?.replaceAll(/\s/g, "") ?? "";
  if (end < 0 || !tag("bh") || !tag("a").endsWith("-sha256") || tag("l")) return null;
  const [, way = "simple"] = tag("c").split("/");
  let body = text.slice(end + 4);
  if (way === "relaxed") body = body.replaceAll(/[ \t]+/g, " ").replaceAll(/ (?=\r\n|$)/g, "");
  body = body.replace(/(?:\r\n)*$/, "\r\n");
  if (way === "relaxed" && body === "\r\n") body = "";
  return { said: tag("bh"), is: createHash("sha256").update(Buffer.from(body, "latin1")).digest("base64") };
}

describe("F12: signatures verify after the move", () => {
  test.runIf(existsSync(corpus))(
    "the body hash of every signed message of the corpus is as good as before (without the corpus: not run)",
    async () => {
      const signed = globSync("**/*.eml", { cwd: corpus })
        .map((name) => readFileSync(`${corpus}/${name}`))
        .map((octets) => Buffer.from(octets.toString("latin1").replaceAll(/\r?\n/g, "\r\n"), "latin1"))
        .filter((octets) => bodyHash(octets)?.said === bodyHash(octets)?.is && bodyHash(octets) !== null);
      expect(signed.length).toBeGreaterThan(10);
      await using move = await Move.start("", { messages: 0 });
      for (const octets of signed) put(move.anna, octets);
      await using program = await move.login();
      for (const { number } of await program.list()) {
        const octets = await program.retrieve(number);
        if (isMigrationMessage(octets)) continue;
        const { said, is } = bodyHash(octets) ?? { said: "none", is: "" };
        expect(is).toBe(said);
      }
      await move.copied();
      expect(await move.hashes()).toEqual(sent(move));
    },
  );
});

describe("F13: headers never decide whose mail it is", () => {
  test.each(["F13:form=all", ""])(
    "fields of the envelope that name somebody else, or none (%s)",
    async (scenario) => {
      await using move = await Move.start(scenario);
      move.old.mailboxes.add("bob", "secret");
      put(
        move.anna,
        `Delivered-To: bob@${domain}\r\nX-Envelope-To: bob@${domain}\r\n${letter("bob", "for bob?")}`,
      );
      expect(await move.tryLogin()).toBe("+OK");
      expect(await move.tryLogin("bob")).toBe("+OK");
      await move.copied();
      expect(await move.hashes()).toHaveLength(6);
      await using bob = await move.login("bob");
      expect(await bob.list()).toHaveLength(1);
    },
  );
});
