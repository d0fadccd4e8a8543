/**
 * Nothing is acknowledged before it is durable. A killed process takes nothing from the page cache, so that only the
 * system calls can tell: the server runs under strace, and the power is cut at each of its promises.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import type { MigrationStatusView } from "#http/migrations";
import { domain, Mailferry } from "../crossing/mailferry.ts";
import { OldMailboxes, put } from "../old-server/maildrop.ts";
import { startPop3 } from "../old-server/pop3.ts";
import { Dialogue } from "../programs/dialogue.ts";
import { letter } from "../programs/letter.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { type Expectation, judge, type Verdict } from "./durability/judge.ts";
import { admitted, deleted, delivered } from "./durability/promises.ts";
import type { Sabotage } from "./durability/sabotage.ts";
import { isComplete, underStrace } from "./durability/trace.ts";
import { eventually } from "./eventually.ts";
import { makeScratch } from "./scratch.ts";

type Promises = Map<string, Expectation>;

/** Runs the server under strace for as long as `use` takes, ends it in good order, and judges what it did. */
async function traced(
  use: (mailferry: Mailferry, promises: Promises) => Promise<void>,
  { sabotage, people = ["anna", "bob"] }: { sabotage?: Sabotage; people?: readonly string[] } = {},
): Promise<Verdict> {
  await using scratch = await makeScratch("trace");
  const output = join(scratch.path, "trace");
  const root = join(scratch.path, "root");
  mkdirSync(root);
  const promises: Promises = new Map();
  const module = pathToFileURL(join(import.meta.dirname, "durability", "sabotage.ts")).href;
  {
    await using mailferry = await Mailferry.start({
      data: join(root, "data"),
      under: underStrace(output),
      nodeOptions: sabotage ? ["--import", `${module}?${sabotage}`] : [],
      // What the kernel does with files for a ring is no call of ours: nothing may go that way while we look.
      environment: { UV_USE_IO_URING: "0" },
    });
    await mailferry.people(...people);
    const hosts = [{ host: "127.0.0.1", port: 9 }];
    await mailferry.command.post("/domains", { kind: "remote", name: "example.org", hosts, deliver: "hold" });
    await use(mailferry, promises);
    expect(await mailferry.stop()).toBe(0);
  }
  const trace = await eventually(async () => {
    const text = readFileSync(output, "latin1");
    if (!isComplete(text)) throw new Error("strace has not written everything down yet");
    return text;
  });
  return await judge(trace, root, promises);
}

/** Larger than what is kept in the database. */
function large(subject: string, lines = 2000): string {
  return letter("anna", subject) + `${"x".repeat(70)}\r\n`.repeat(lines);
}

/** Takes note of what an acknowledgement promises; throws where there is none. */
function note(
  promises: Promises,
  answer: string | undefined,
  octets: string,
  here: readonly string[],
  queued: readonly string[] = [],
): void {
  const [, id] = /Queued as (\w+)$/.exec(answer ?? "") ?? [];
  if (id === undefined) throw new Error(`not acknowledged: ${answer}`);
  promises.set(`message ${id}`, delivered(id, octets, here, queued));
}

/** Somebody outside writes to people here, one message after the other on one connection. */
async function fromOutside(
  mailferry: Mailferry,
  promises: Promises,
  names: readonly string[],
  messages: readonly string[],
): Promise<void> {
  using program = await SmtpProgram.connect(mailferry.ports.smtp);
  for (const octets of messages) {
    const to = names.map((name) => `${name}@${domain}`);
    const { data } = await program.send("friend@example.net", to, octets);
    note(promises, data?.text, octets, names);
  }
}

/** Anna writes to Bob and to somebody outside: one message is delivered here and queued. */
async function fromAnna(
  mailferry: Mailferry,
  promises: Promises,
  messages: readonly string[],
): Promise<void> {
  const login = { name: `anna@${domain}`, password: "secret" };
  using program = await SmtpProgram.connect(mailferry.ports.submission, login);
  for (const octets of messages) {
    const to = [`bob@${domain}`, "friend@example.org"];
    const { data } = await program.send(login.name, to, octets);
    note(promises, data?.text, octets, ["bob"], ["friend@example.org"]);
  }
}

/** The same as `fromOutside` by BDAT, in chunks. */
async function inChunks(mailferry: Mailferry, promises: Promises, octets: string): Promise<void> {
  const dialogue = new Dialogue(mailferry.ports.smtp);
  const ask = async (line: string): Promise<string> => {
    dialogue.say(line);
    for (;;) {
      const answer = await dialogue.line();
      if (answer[3] !== "-") return answer;
    }
  };
  try {
    await dialogue.line();
    await ask("EHLO sender.example.net\r\n");
    await ask("MAIL FROM:<friend@example.net>\r\n");
    await ask(`RCPT TO:<anna@${domain}>\r\n`);
    const middle = Math.floor(octets.length / 2);
    await ask(`BDAT ${middle}\r\n${octets.slice(0, middle)}`);
    const answer = await ask(`BDAT ${octets.length - middle} LAST\r\n${octets.slice(middle)}`);
    note(promises, answer, octets, ["anna"]);
  } finally {
    dialogue.close();
  }
}

/** Somebody deletes some of their messages. @param goodbye counted from 1 over all sessions that end in order */
async function deleting(
  mailferry: Mailferry,
  promises: Promises,
  name: string,
  numbers: readonly number[],
  goodbye: number,
): Promise<void> {
  const program = await mailferry.login(name);
  const listing = await program.list();
  for (const number of numbers) await program.delete(number);
  await program.quit();
  const uidls = numbers.map((number) => listing[number - 1]?.uidl ?? "");
  promises.set(`goodbye ${goodbye}`, deleted(name, uidls, listing.length - numbers.length));
}

describe("after a power cut at any acknowledgement", () => {
  test("everything that was acknowledged is there, and nothing that was deleted", async () => {
    const { judged, commits, broken } = await traced(async (mailferry, promises) => {
      const letters = (lane: number) => [1, 2, 3].map((n) => letter("anna", `small ${lane}.${n}`));
      await Promise.all([
        ...[1, 2, 3].map((lane) => fromOutside(mailferry, promises, ["anna", "bob"], letters(lane))),
        fromAnna(mailferry, promises, [...letters(4), large("to both")]),
      ]);
      await Promise.all([
        fromOutside(mailferry, promises, ["anna", "bob"], [large("large 1"), large("large 2", 7000)]),
        fromOutside(mailferry, promises, ["bob"], [large("large 3")]),
        inChunks(mailferry, promises, large("in chunks")),
        inChunks(mailferry, promises, letter("anna", "small, in chunks")),
      ]);
      await deleting(mailferry, promises, "anna", [1, 3, 11], 1);
      await deleting(mailferry, promises, "bob", [1, 2], 2);
      await fromOutside(mailferry, promises, ["anna"], [letter("anna", "last")]);
    });
    expect(broken).toEqual([]);
    expect(judged).toHaveLength(9 + 4 + 3 + 2 + 2 + 1);
    expect(commits).toBeGreaterThanOrEqual(3);
  });

  test("everybody who was let in for the first time is here", async () => {
    const mailboxes = new OldMailboxes();
    for (const name of ["anna", "bob"]) {
      const mailbox = mailboxes.add(name, "secret");
      for (let n = 1; n <= 50; n++) put(mailbox, n % 10 === 0 ? large(`old ${n}`) : letter(name, `old ${n}`));
    }
    await using oldPop3 = await startPop3({ mailboxes });
    const { judged, commits, broken } = await traced(
      async (mailferry, promises) => {
        await mailferry.command.put(`/migrations/${domain}`, {
          from: `pop3://127.0.0.1:${oldPop3.port}`,
          tls: "none",
        });
        for (const [index, { name, messages }] of mailboxes.all.entries()) {
          await (await mailferry.login(name)).quit();
          promises.set(
            `login ${index + 1}`,
            admitted(
              name,
              messages.map(({ uidl }) => uidl),
            ),
          );
        }
        // What is copied is told to nobody, but what its commits name has to be there.
        await eventually(async () => {
          const { transfers } = await mailferry.command.get<MigrationStatusView>(`/migrations/${domain}`);
          expect(transfers.map(({ messagesHere }) => messagesHere)).toEqual([50, 50]);
        });
      },
      { people: [] },
    );
    expect(broken).toEqual([]);
    expect(judged).toEqual(["login 1", "login 2"]);
    expect(commits).toBeGreaterThanOrEqual(2);
  });
});

describe("a server that does not sync is found out", () => {
  test.each<[Sabotage, RegExp, number]>([
    ["database", /^message .*: anna has it 0 times among 0$/m, 3],
    ["files", /^message .*: anna has it 0 times among 2$/m, 1],
    ["directories", /^message .*: anna has it 0 times among 2$/m, 1],
  ])("%s", async (sabotage, complaint, lost) => {
    const { judged, broken } = await traced(
      async (mailferry, promises) => {
        await fromOutside(mailferry, promises, ["anna"], [letter("anna", "small"), large("large")]);
        await deleting(mailferry, promises, "anna", [1], 1);
      },
      { sabotage },
    );
    expect(judged).toHaveLength(3);
    expect(broken.join("\n")).toMatch(complaint);
    expect(broken.filter((line) => !line.startsWith("commit"))).toHaveLength(lost);
  });
});
