/** Every command of the POP3 server, in one table; CAPA is printed from it. */
import { command, type Offer, type TableEntry } from "./command.ts";
import { nothing } from "./grammar.ts";
import { auth, pass, stls, user, utf8 } from "./login-commands.ts";
import { dele, list, rset, stat, uidl } from "./maildrop-commands.ts";
import { retr, top } from "./message-commands.ts";
import { ok } from "./reply.ts";

/** CAPA (RFC 2449 §5): the same in both states. */
const capa = command({
  name: "CAPA",
  states: ["authorization", "transaction"],
  parse: nothing,
  run: async (session) => ok("Capabilities:", { lines: capabilities(session.offer) }),
});

/** NOOP (RFC 1939 §5) */
const noop = command({
  name: "NOOP",
  states: ["transaction"],
  parse: nothing,
  run: async () => ok("Done."),
});

/** QUIT (RFC 1939 §4, §6) */
const quit = command({
  name: "QUIT",
  states: ["authorization", "transaction"],
  parse: nothing,
  run: (session) => session.quit(),
});

export const commands: readonly TableEntry[] = [
  ...[capa, quit, noop],
  ...[user, pass, auth, stls, utf8],
  ...[stat, list, uidl, retr, top, dele, rset],
];

/** The command of that name, in capitals; null if there is none. */
export function findCommand(name: string): TableEntry | null {
  return commands.find((entry) => entry.name === name) ?? null;
}

/** What is not one command's (RFC 2449 §6, RFC 3206 §3). Mail is kept until somebody deletes it. */
const ofTheServer = [
  "PIPELINING",
  "RESP-CODES",
  "AUTH-RESP-CODE",
  "EXPIRE NEVER",
  "IMPLEMENTATION Mailferry",
];

/** The lines of CAPA. */
export function capabilities(offer: Offer): readonly string[] {
  const ofCommands = commands.map((entry) => entry.capability(offer)).filter((line) => line !== null);
  return [...ofCommands, ...ofTheServer];
}
