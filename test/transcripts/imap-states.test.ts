// Every command of the table in every state: a transcript says what is answered.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commands } from "#imap/commands";
import { commandsIn, type Said, states } from "./imap-states.ts";
import { parseTranscript } from "./transcript.ts";

const folder = new URL("imap/", import.meta.url);
const names = new Set(commands.map(({ name }) => name));

function read(name: string, source: string): readonly Said[] {
  return commandsIn(parseTranscript(name, source), (command) => names.has(command));
}

const all = readdirSync(folder)
  .filter((name) => name.endsWith(".txt"))
  .flatMap((name) => read(name, readFileSync(new URL(name, folder), "utf8")));

describe.each(commands.map(({ name, states: its }) => ({ name, its })))("$name", ({ name, its }) => {
  it.each(states.filter((state) => state !== "logged out"))("is answered when %s", (state) => {
    const said = all.filter((one) => one.name === name && one.state === state && one.status !== null);
    const isAllowed = its.includes(state === "read-only" ? "selected" : state);
    const wrong = said.filter(({ status }) => !isAllowed && status !== "BAD");
    expect(wrong).toEqual([]);
    expect(said.some(({ status }) => (status === "BAD") !== isAllowed)).toBe(true);
  });

  it("is not answered when logged out", () => {
    const said = all.filter((one) => one.name === name && one.state === "logged out");
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter(({ status }) => status !== null)).toEqual([]);
  });
});

describe("what a transcript says in which state", () => {
  const told = (source: string) =>
    read("x.txt", source).map(({ name, state, status }) => [name, state, status] as const);

  it("follows from what it is answered", () => {
    const source = [
      "1> a NOOP",
      "1< a OK...",
      "1> b LOGIN anna wrong",
      "1< b NO...",
      "1>> c LOGIN anna secret\\r\\nd SELECT INBOX\\r\\n",
      "1< c OK...",
      "1< d OK...",
      "1> e uid fetch $uid FLAGS",
      "1< e OK...",
      "1> f EXAMINE nowhere",
      "1< f NO...",
      "1> g NOOP",
      "1< g OK...",
      "2> g NOOP",
      "2< g OK...",
      "1> h EXAMINE INBOX",
      "1< h OK...",
      "1>> i STORE 1 FLAGS ()\\r\\nj LOGOUT\\r\\nk NOOP\\r\\n",
      "1< i NO...",
      "1< j OK...",
    ].join("\n");
    expect(told(source)).toEqual([
      ["NOOP", "not authenticated", "OK"],
      ["LOGIN", "not authenticated", "NO"],
      ["LOGIN", "not authenticated", "OK"],
      ["SELECT", "authenticated", "OK"],
      ["UID FETCH", "selected", "OK"],
      ["EXAMINE", "selected", "NO"],
      ["NOOP", "authenticated", "OK"],
      ["EXAMINE", "authenticated", "OK"],
      ["STORE", "read-only", "NO"],
      ["LOGOUT", "read-only", "OK"],
      ["NOOP", "logged out", null],
      ["NOOP", "not authenticated", "OK"],
    ]);
  });

  it("is nothing where somebody deleted the folder, or where no command is", () => {
    const source =
      "1> a LOGIN anna secret\n1< a OK...\n1> b SELECT x\n1< b OK...\n1> c DELETE x\n1< c OK...\n1> d X\n1> e NOOP\n1< e OK...";
    expect(told(source).at(-1)).toEqual(["NOOP", "authenticated", "OK"]);
  });
});
