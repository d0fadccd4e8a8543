/** Every command of the IMAP server, in one table; CAPABILITY is printed from it. */
import type { TableEntry } from "./command.ts";
import { append } from "./commands/append.ts";
import { capability, id, logout, noop } from "./commands/connection.ts";
import { copy, move, uidCopy, uidMove } from "./commands/copy.ts";
import { check, close, expunge, uidExpunge, unselect } from "./commands/expunge.ts";
import { fetch, uidFetch } from "./commands/fetch.ts";
import { create, remove, rename, subscribe, unsubscribe } from "./commands/folders.ts";
import { enable, idle } from "./commands/idle.ts";
import { list, lsub } from "./commands/list.ts";
import { authenticate, login, startTls } from "./commands/login.ts";
import { getQuota, getQuotaRoot, setQuota } from "./commands/quota.ts";
import { search, uidSearch } from "./commands/search.ts";
import { examine, select } from "./commands/select.ts";
import { namespace, status } from "./commands/status.ts";
import { store, uidStore } from "./commands/store.ts";

export const commands: readonly TableEntry[] = [
  ...[capability, noop, logout, id],
  ...[startTls, authenticate, login],
  ...[enable, select, examine, idle],
  ...[list, lsub, create, remove, rename, subscribe, unsubscribe],
  ...[status, namespace, append, getQuota, getQuotaRoot, setQuota],
  ...[check, close, unselect, expunge, uidExpunge],
  ...[search, uidSearch, fetch, uidFetch, store, uidStore],
  ...[copy, uidCopy, move, uidMove],
];

const byName = new Map(commands.map((entry) => [entry.name, entry]));

/** The command of that name, in capitals; null if there is none. */
export function findCommand(name: string): TableEntry | null {
  return byName.get(name) ?? null;
}
