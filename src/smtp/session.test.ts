import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StoreUnavailable } from "#mailbox/content";
import { House } from "../../test/smtp/house.ts";
import type { Answer } from "./answer.ts";
import { commands } from "./commands.ts";
import { formatReply } from "./reply.ts";
import { Session } from "./session.ts";

/** Drives a session with lines, giving octets where it wants them; the replies. */
async function drive(session: Session, lines: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const replies: string[] = [];
  let last: Answer = { reply: null, next: { kind: "command" } };
  for (const line of lines) {
    const octets = typeof line === "string" ? Buffer.from(line) : line;
    const { next } = last;
    if (next.kind === "close") break;
    if (next.kind === "start-tls") await session.startedTls();
    if (next.kind === "octets") {
      let rest: Uint8Array = Buffer.concat([octets, Buffer.from("\r\n")]);
      while (!next.sink.isDone && rest.length > 0) rest = await next.sink.take(rest);
      if (!next.sink.isDone) continue;
      last = await next.sink.finish();
    } else last = await (next.kind === "line" ? next.take(octets) : session.command(octets));
    if (last.reply) replies.push(formatReply(last.reply));
  }
  return replies;
}

const openSession = (house: House, isSecure = true): Session =>
  new Session(
    house.service,
    { kind: "submission", clearPasswords: false, canStartTls: true },
    "192.0.2.7",
    isSecure,
  );

const login = Buffer.from("\0anna@big-company.com\0secret").toString("base64");

describe("a session", () => {
  test("answers whatever comes, and leaves nothing behind", async () => {
    const line = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom("EHLO x", `AUTH PLAIN ${login}`, "MAIL FROM:<anna@big-company.com>"),
      },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          "RCPT TO:<bob@big-company.com>",
          "RCPT TO:<carol@big-company.com>",
          "RCPT TO:<broken@big-company.com>",
          "DATA",
          ".",
          "BDAT 5",
          "BDAT 3 LAST",
          "BDAT 99999999999",
          "RSET",
          "STARTTLS",
          "AUTH LOGIN",
          "HELP",
          "QUIT",
        ),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
      { weight: 1, arbitrary: fc.string({ maxLength: 100 }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 60 }), async (lines) => {
        const house = new House();
        {
          await using session = openSession(house);
          for (const reply of await drive(session, lines)) {
            expect(reply).toMatch(/^(?:[2-5]\d\d-[\x20-\x7e]*\r\n)*[2-5]\d\d [\x20-\x7e]*\r\n$/);
          }
        }
        expect(house.stage.open).toBe(0);
      }),
    );
  });

  test("a defect is a temporary failure of that command alone", async () => {
    const house = new House();
    await using session = openSession(house);
    const replies = await drive(session, [
      "EHLO x",
      `AUTH PLAIN ${login}`,
      "MAIL FROM:<anna@big-company.com>",
      "RCPT TO:<broken@big-company.com>",
      "RCPT TO:<bob@big-company.com>",
    ]);
    expect(replies.slice(-2)).toEqual([
      "451 4.3.0 Something went wrong here, try again later\r\n",
      "250 2.1.5 Ok\r\n",
    ]);
  });

  test("a login that fails to be checked is put off too", async () => {
    const house = new House();
    const service = {
      ...house.service,
      login: { prove: () => Promise.reject(new StoreUnavailable("closed")) },
    };
    const entrance = { kind: "submission", clearPasswords: false, canStartTls: true } as const;
    await using session = new Session(service, entrance, "192.0.2.7", true);
    const replies = await drive(session, ["EHLO x", `AUTH PLAIN ${login}`]);
    expect(replies.at(-1)).toMatch(/^451 4\.3\.0 /);
  });

  test("tells login what it was told, and routing who asks", async () => {
    const house = new House();
    await using session = openSession(house);
    const password = Buffer.from("\0anna@big-company.com\0s\xe4cret", "latin1").toString("base64");
    await drive(session, [
      "EHLO x",
      `AUTH PLAIN ${password}`,
      `AUTH PLAIN ${login}`,
      "MAIL FROM:<anna@big-company.com> SIZE=77",
      "RCPT TO:<Bob@big-company.com>",
    ]);
    expect(house.logins[0]).toEqual({
      name: "anna@big-company.com",
      password: Uint8Array.from(Buffer.from("s\xe4cret", "latin1")),
      protocol: "submission",
      peerAddress: "192.0.2.7",
    });
    expect(house.asked).toEqual([
      {
        address: { localPart: "Bob", domain: "big-company.com" },
        authenticated: true,
        peerAddress: "192.0.2.7",
        size: 77,
      },
    ]);
  });
});

test("every command is named once, and no listener lacks a way to end", () => {
  const names = commands.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const kind of ["smtp", "submission", "submissions"] as const) {
    const known = commands.filter(({ kinds }) => kinds.includes(kind)).map(({ name }) => name);
    expect(known).toEqual(
      expect.arrayContaining(["EHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY"]),
    );
    expect(known.includes("AUTH")).toBe(kind !== "smtp");
    expect(known.includes("STARTTLS")).toBe(kind !== "submissions");
  }
});
