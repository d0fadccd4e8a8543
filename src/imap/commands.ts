/** Every command of the IMAP server, in one table; CAPABILITY is printed from it. */
import type { TableEntry } from "./command.ts";
import { capability, id, logout, noop } from "./commands/connection.ts";
import { fetch, uidFetch } from "./commands/fetch.ts";
import { list } from "./commands/list.ts";
import { authenticate, login, startTls } from "./commands/login.ts";
import { examine, select } from "./commands/select.ts";

export const commands: readonly TableEntry[] = [
  ...[capability, noop, logout, id],
  ...[startTls, authenticate, login],
  ...[select, examine],
  ...[list],
  ...[fetch, uidFetch],
];

const byName = new Map(commands.map((entry) => [entry.name, entry]));

/** The command of that name, in capitals; null if there is none. */
export function findCommand(name: string): TableEntry | null {
  return byName.get(name) ?? null;
}
