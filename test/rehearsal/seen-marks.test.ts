/** Whether reading by POP3 marks messages as seen, as IMAP on the same server shows it: read-only, bounded, or not known. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { usualImapPort } from "#migration/rehearsal/seen-probe";
import { finding, named, rehearse, type Stage } from "./rehearsed.ts";

/** How an IMAP server of one folder behaves. */
interface Behaviour {
  /** How many messages EXAMINE shows; twelve, as POP3 has, unless told. */
  readonly exists?: number;
  /** Whether a message shows as seen in the look of that number, from 1. */
  readonly isSeen?: (uid: number, look: number) => boolean;
  /** What is said instead of the usual answer to a command, without the tag; null ends the connection. */
  readonly instead?: (command: string, look: number) => string | null | undefined;
}

interface ScriptedImap extends AsyncDisposable {
  readonly port: number;
  /** Everything that was said to it, literals included. */
  readonly heard: readonly string[];
}

async function startImap(behaviour: Behaviour = {}): Promise<ScriptedImap> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let looks = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    serve(socket, ++looks, behaviour, heard);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    heard,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function serve(socket: Socket, look: number, behaviour: Behaviour, heard: string[]): void {
  const { exists = 12, isSeen = () => false, instead = () => undefined } = behaviour;
  const rows = (set: string, base: number): string =>
    set
      .split(",")
      .map((text) => {
        const uid = Number(text) + base;
        const flags = isSeen(uid, look) ? "\\Answered \\Seen" : "\\Recent";
        return `* ${uid - 100} FETCH (UID ${uid} FLAGS (${flags}))\r\n`;
      })
      .join("");
  let text = "";
  let command = "";
  let due = 0;
  socket.write(instead("", look) ?? "* OK ready\r\n");
  socket.on("data", (octets: Buffer) => {
    text += octets.toString("latin1");
    for (;;) {
      if (due > 0) {
        if (text.length < due) return;
        command += text.slice(0, due);
        text = text.slice(due);
        due = 0;
      }
      const end = text.indexOf("\r\n");
      if (end < 0) return;
      command += text.slice(0, end);
      text = text.slice(end + 2);
      const literal = /\{(\d+)\}$/.exec(command);
      if (literal) {
        due = Number(literal[1]);
        command = command.slice(0, -literal[0].length);
        socket.write("+ go on\r\n");
        continue;
      }
      const [tag = "", verb = ""] = command.split(" ", 2);
      heard.push(command.slice(tag.length + 1));
      const other = instead(command.slice(tag.length + 1), look);
      command = "";
      if (other === null) return void socket.destroy();
      const numbers = heard.at(-1)?.match(/[\d,]+/)?.[0] ?? "";
      const usual: Readonly<Record<string, string>> = {
        CAPABILITY: "* CAPABILITY IMAP4rev1\r\n",
        EXAMINE: `* FLAGS (\\Seen)\r\n* ${exists} EXISTS\r\n* OK [UIDVALIDITY 7] fixed\r\n`,
        FETCH: rows(numbers, 100),
        UID: rows(numbers, 0),
      };
      socket.write(other ?? `${usual[verb] ?? ""}${tag} OK done\r\n`);
    }
  });
}

async function rehearsed(behaviour: Behaviour, stage: Stage = {}) {
  await using imap = await startImap(behaviour);
  const { report, facts } = await rehearse({ imapPort: imap.port, ...stage });
  return { report, marks: facts.people[0]?.maildrop?.seenMarks, heard: imap.heard };
}

test("what POP3 has read is seen afterwards: told, with what to do, and nothing is said that changes anything", async () => {
  const { report, marks, heard } = await rehearsed({ isSeen: (uid, look) => look > 1 || uid === 101 });
  // The oldest two, the newest and a large one are read then; one of them was seen before.
  expect(marks).toMatchObject({ outcome: "told" });
  const { seen, means, do: todo, people, level } = finding(report, "marks-seen");
  expect(seen).toMatch(/^of (\d) unread messages that POP3 read, IMAP shows \1 as seen since$/);
  expect([level, people, means, todo]).toEqual([
    "note",
    ["anna@big-company.com"],
    expect.stringContaining("looks read to those who look there"),
    expect.stringContaining("If that matters"),
  ]);
  const verbs = new Set(heard.map((command) => command.split(" ")[0]));
  expect([...verbs].toSorted()).toEqual(["CAPABILITY", "EXAMINE", "FETCH", "LOGIN", "LOGOUT", "UID"]);
  expect(heard.filter((command) => /^(?:UID )?FETCH/.test(command))).toEqual([
    expect.stringMatching(/^FETCH [\d,]+ \(UID FLAGS\)$/),
    expect.stringMatching(/^UID FETCH [\d,]+ \(FLAGS\)$/),
  ]);
});

test("what stays unread is as it should be", async () => {
  const { report, marks } = await rehearsed({});
  expect(marks).toMatchObject({ outcome: "told", marked: 0 });
  expect(finding(report, "reading-unmarked").level).toBe("good");
  expect(named(report)).not.toContain("note marks-seen");
});

test("a name and a password with any octets go as they are, and neither is told", async () => {
  const { heard, report } = await rehearsed({});
  expect(heard.filter((command) => command.startsWith("LOGIN"))).toEqual(
    Array.from({ length: 2 }, () => "LOGIN anna anna's old password"),
  );
  expect(JSON.stringify(report)).not.toContain("anna's old password");
});

const endless = `${"* OK and on\r\n".repeat(5000)}`;
const refusals: readonly (readonly [string, Behaviour, RegExp])[] = [
  ["another greeting", { instead: (said) => (said === "" ? "* BYE full\r\n" : undefined) }, /BYE full/],
  [
    "no passwords",
    {
      instead: (said) =>
        said === "CAPABILITY" ? "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nr1 OK\r\n" : undefined,
    },
    /takes no passwords/,
  ],
  [
    "a refused login",
    { instead: (said) => (said.startsWith("LOGIN") ? "r2 NO [AUTH] no\r\n" : undefined) },
    /NO \[AUTH\] no/,
  ],
  ["other messages than POP3 has", { exists: 40 }, /shows 40 messages, and POP3 12/],
  ["only messages that were seen before", { isSeen: () => true }, /had been seen before/],
  [
    "another UIDVALIDITY",
    {
      instead: (said, look) =>
        said.startsWith("EXAMINE") && look === 2
          ? "* 12 EXISTS\r\n* OK [UIDVALIDITY 8]\r\nr3 OK\r\n"
          : undefined,
    },
    /UIDVALIDITY changed/,
  ],
  ["talk without end", { instead: (said) => (said.startsWith("EXAMINE") ? endless : undefined) }, /stop/],
  [
    "literals where none belong",
    { instead: (said) => (said.startsWith("FETCH") ? "* 1 FETCH (X {9}\r\n" : undefined) },
    /FETCH \(X/,
  ],
];

test.each(refusals)("%s: it is not known, and the rehearsal goes on", async (_name, behaviour, why) => {
  const { report, marks } = await rehearsed(behaviour);
  expect(marks).toMatchObject({ outcome: "unknown", isThere: true, why: expect.stringMatching(why) });
  const found = finding(report, "seen-unknown");
  expect(found.seen).toMatch(why);
  expect([found.means, found.do]).not.toContain("");
  expect(report.verdict).toBe("go");
});

test("silence ends soon, and a connection that breaks or is refused says nothing", async () => {
  for (const answer of ["", null]) {
    const behaviour: Behaviour = { instead: (said) => (said === "CAPABILITY" ? answer : undefined) };
    const { report, marks } = await rehearsed(behaviour);
    expect(marks).toMatchObject({ outcome: "unknown", isThere: false });
    expect(named(report)).not.toContain("note seen-unknown");
  }
  const closed = await startImap();
  await closed[Symbol.asyncDispose]();
  const { facts } = await rehearse({ imapPort: closed.port });
  expect(facts.people[0]?.maildrop?.seenMarks).toMatchObject({ outcome: "unknown", isThere: false });
});

test("nobody looks without reading, at this very server, or where POP3 is at a port of its own", async () => {
  expect((await rehearsed({}, { mayRetrieve: false })).heard).toEqual([]);
  expect((await rehearsed({}, { tools: { isOurs: async () => true } })).heard).toEqual([]);
  const at = (port: number, implicitTls: boolean) =>
    usualImapPort({
      protocol: "pop3",
      host: "10.0.0.5",
      port,
      implicitTls,
      tls: { mode: "verify" },
      loginAs: null,
    });
  expect([at(110, false), at(995, true), at(2110, false), at(9950, true)]).toEqual([143, 993, null, null]);
});
