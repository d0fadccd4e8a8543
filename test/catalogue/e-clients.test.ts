/** Group E of the failure catalogue: what mail programs see. */
import { describe, expect, test } from "vitest";
import * as faults from "../old-server/faults.ts";
import { hashOf, put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { sha256 } from "../programs/pop3-program.ts";
import { Doors, patient } from "./doors.ts";
import { contents, Move, minutes } from "./move.ts";
import { patience } from "./quick.ts";

Object.assign(patience, patient);

describe("E1: the old and the new UIDL say the same of migrated mail, numbers and ids", () => {
  test("during the copy, after it, and after mail has come", async () => {
    const stall = faults.stallAfter(3);
    await using move = await Move.start("", { messages: 40, pop3: { fault: stall.fault } });
    const old = move.anna.messages.map(({ uidl }) => uidl);
    expect((await move.uidls()).slice(0, 40)).toEqual(old);
    await stall.stalled;
    stall.release();
    await move.copied();
    expect((await move.uidls()).slice(0, 40)).toEqual(old);
    put(move.anna, letter("anna", "late"), "late-1");
    await move.check();
    const now = await move.uidls();
    expect(now.slice(0, 40)).toEqual(old);
    expect(now.at(-1)).toBe("late-1");
  });
});

describe("E3: otherwise than the catalogue has it, what cannot be fetched stays listed, and fails alone", () => {
  test("a temporary error for that message, and the session goes on", async () => {
    await using move = await Move.start("A21:at=2:times=0");
    await using program = await move.login();
    expect(await program.list()).toHaveLength(6);
    await expect(program.retrieve(2)).rejects.toThrow(/^-ERR \[SYS\/TEMP\]/);
    for (const number of [1, 3, 4, 5])
      expect(sha256(await program.retrieve(number))).toBe(contents(move)[number - 1]);
  });
});

describe("E6, E7, E8: what an IMAP program was told holds", () => {
  test("E6: UIDVALIDITY and UIDs are the same during the copy, after it, and after sweeps", async () => {
    const stall = faults.stallAfter(3);
    await using doors = await Doors.open("", { messages: 40, pop3: { fault: stall.fault } });
    const told = async () => {
      await using reader = await doors.reader();
      const { uidValidity } = await reader.mailboxOpen("INBOX");
      const uids = (await reader.search({ all: true }, { uid: true })) || [];
      return { uidValidity, uids: uids.slice(0, 41) };
    };
    const first = await told();
    expect(first.uids).toHaveLength(41);
    await stall.stalled;
    stall.release();
    await doors.move.copied();
    expect(await told()).toEqual(first);
    for (let sweep = 0; sweep < 3; sweep++) {
      put(doors.move.anna, letter("anna", `late ${sweep}`));
      doors.move.pass(90 * minutes);
      await doors.move.check();
    }
    expect(await told()).toEqual(first);
  });

  test("E7: mail that comes during the copy has UIDs after all old mail, in whatever order contents come", async () => {
    const stall = faults.stallAfter(3);
    await using doors = await Doors.open("", { messages: 20, pop3: { fault: stall.fault } });
    await using reader = await doors.reader();
    await stall.stalled;
    using stranger = await doors.stranger();
    await stranger.send("friend@example.net", ["anna@big-company.com"], letter("anna", "new mail"));
    stall.release();
    await doors.move.copied();
    await reader.mailboxOpen("INBOX");
    const order: string[] = [];
    for await (const { envelope } of reader.fetch("1:*", { envelope: true }))
      order.push(envelope?.subject ?? "");
    const old = Array.from({ length: 20 }, (_, n) => `message ${n + 1}`);
    expect(order).toEqual([...old, "Welcome to your new mail server", "new mail"]);
  });

  test("E8: a copy announces nothing: no EXISTS, no \\Recent", async () => {
    const stall = faults.stallAfter(3);
    await using doors = await Doors.open("", { messages: 100, pop3: { fault: stall.fault } });
    await using reader = await doors.reader();
    const announced: number[] = [];
    reader.on("exists", ({ count }: { readonly count: number }) => void announced.push(count));
    const inbox = await reader.mailboxOpen("INBOX");
    expect(inbox.exists).toBe(101);
    await stall.stalled;
    stall.release();
    await doors.move.copied();
    await reader.noop();
    expect(announced).toEqual([]);
    for await (const { flags } of reader.fetch("1:*", { flags: true }))
      expect([...(flags ?? [])]).toEqual([]);
    // News is announced all the same.
    put(doors.move.anna, letter("anna", "late"));
    await doors.move.check();
    await reader.noop();
    expect(announced).toEqual([102]);
  });
});

describe("E12: mail from POP3 is read where its Status field says so", () => {
  const seen = async (doors: Doors): Promise<readonly number[] | false | undefined> => {
    await using reader = await doors.reader();
    await doors.move.copied();
    await reader.mailboxOpen("INBOX");
    return await reader.search({ seen: true });
  };

  test("two of five", async () => {
    await using doors = await Doors.open("E12:read=2");
    expect(await seen(doors)).toEqual([1, 2]);
    put(doors.move.anna, letter("anna", "late"));
    doors.move.old.select("E12:read=6");
    await doors.move.check();
    // What comes later was read by nobody here.
    expect(await seen(doors)).toEqual([1, 2]);
  });

  test.each([
    ["all", [1, 2, 3, 4, 5]],
    ["none", []],
  ] as const)("with --seen %s: %j", async (policy, expected) => {
    await using doors = await Doors.open("E12:read=2", { seen: policy });
    expect(await seen(doors)).toEqual(expected);
  });

  test("a session is told as of any change, and what somebody changed here stays", async () => {
    const stall = faults.stallAfter(1);
    await using doors = await Doors.open("E12:read=5", { afterBob: true, pop3: { pipelining: false } });
    doors.move.old.pop3.options.fault = stall.fault;
    await using reader = await doors.reader();
    const inbox = await reader.mailboxOpen("INBOX");
    await stall.stalled;
    const told: string[] = [];
    reader.on("flags", ({ uid, flags }: { uid?: number; flags: Set<string> }) => {
      told.push(`${uid} ${[...flags].join(" ")}`);
    });
    await reader.messageFlagsAdd("1", ["\\Seen"]);
    await reader.messageFlagsRemove("1", ["\\Seen"]);
    await reader.messageFlagsAdd("2", ["\\Flagged"]);
    await reader.messageMove("3", "Archive");
    const before = inbox.highestModseq;
    stall.release();
    await doors.move.copied();
    await reader.noop();
    expect(await reader.search({ seen: true }, { uid: true })).toEqual([4, 5]);
    expect(await reader.search({ flagged: true }, { uid: true })).toEqual([2]);
    expect(told.filter((line) => line.includes("Seen") && line.startsWith("4"))).toHaveLength(1);
    await reader.mailboxOpen("Archive");
    expect(await reader.search({ seen: true })).toEqual([]);
    const after = await reader.status("INBOX", { highestModseq: true });
    expect((after || null)?.highestModseq).toBeGreaterThan(before ?? 0n);
  });
});

describe("E17: NUL and a missing end of header bring no program out of step", () => {
  test("RETR of each, in one session, which goes on", async () => {
    await using move = await Move.start("E17");
    await using program = await move.login();
    const listing = await program.list();
    expect(listing).toHaveLength(9);
    for (const [index, { octets }] of move.anna.messages.entries()) {
      expect(sha256(await program.retrieve(index + 1))).toBe(hashOf(octets));
      expect(await program.ask("NOOP")).toMatch(/^\+OK/);
    }
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("E18: what a program appends during the copy stays, beside an old message of the same octets", () => {
  test("into INBOX and Sent, the same and another", async () => {
    const stall = faults.stallAfter(3);
    await using doors = await Doors.open("", { messages: 20, pop3: { fault: stall.fault } });
    const { move } = doors;
    await using reader = await doors.reader();
    await stall.stalled;
    const same = Buffer.from(move.anna.messages[0]?.octets ?? "");
    const draft = Buffer.from(letter("bob", "written here"));
    for (const [folder, octets] of [
      ["INBOX", same],
      ["INBOX", draft],
      ["Sent", draft],
    ] as const)
      await reader.append(folder, octets, ["\\Seen"]);
    stall.release();
    await move.copied();
    for (let sweep = 0; sweep < 3; sweep++) {
      move.pass(90 * minutes);
      expect(await move.check()).toMatchObject({ found: 0 });
    }
    expect(await move.hashes()).toEqual([...contents(move), hashOf(same), hashOf(draft)]);
    expect(await reader.status("Sent", { messages: true })).toMatchObject({ messages: 1 });
  });
});
