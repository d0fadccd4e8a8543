/**
 * What commits touch, told in a word each, so that whoever looks at it can ask again. Triggers of the writer's own
 * connection note it: no operation has to think of it, and they are no part of the database.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Db } from "./db.ts";

interface Watched {
  readonly table: string;
  readonly noun: "domain" | "address" | "mailbox" | "migration" | "queue" | "log" | "administrators";
  /** The column that says which one; null where there is but one of the noun. */
  readonly key: string | null;
  /** Columns of which a change counts; left out: all. */
  readonly columns?: string;
  /** Rows come by the hundred thousand, together with others that are watched. */
  readonly isOnlyUpdated?: true;
}

const watched: readonly Watched[] = [
  { table: "domain", noun: "domain", key: "name" },
  { table: "alias", noun: "domain", key: "domain" },
  { table: "mailbox", noun: "address", key: "address", columns: "address, admitted, password_hash, quota" },
  { table: "mailbox", noun: "mailbox", key: "id", columns: "octets", isOnlyUpdated: true },
  { table: "transfer", noun: "mailbox", key: "mailbox" },
  {
    table: "ledger",
    noun: "mailbox",
    key: "mailbox",
    columns: "state, reason, failures",
    isOnlyUpdated: true,
  },
  { table: "folder", noun: "mailbox", key: "mailbox" },
  { table: "returned_mailbox", noun: "mailbox", key: "mailbox" },
  { table: "migration", noun: "migration", key: "domain" },
  { table: "cutover", noun: "migration", key: "domain" },
  { table: "certificate", noun: "migration", key: "domain" },
  { table: "expected_person", noun: "migration", key: "domain" },
  { table: "known_recipient", noun: "migration", key: "domain" },
  { table: "tried_login", noun: "migration", key: "domain" },
  { table: "queued_recipient", noun: "queue", key: null },
  { table: "audit", noun: "log", key: null },
  { table: "administrator", noun: "administrators", key: null },
  { table: "access_key", noun: "administrators", key: null },
];

/** Of one commit. Beyond that everything counts as touched. */
const most = 2000;

/** Has a connection note what its statements touch. The result tells what was touched since it was last called. */
export function noteTouches(database: DatabaseSync): () => readonly string[] {
  const touched = new Set<string>();
  database.function("touched", (noun, key) => {
    if (touched.size <= most) touched.add(key === null ? String(noun) : `${noun} ${key}`);
    return null;
  });
  for (const one of watched) for (const sql of triggersOf(one)) database.exec(sql);
  return () => {
    if (touched.size === 0) return [];
    const told = touched.size > most ? ["everything"] : [...touched];
    touched.clear();
    return told;
  };
}

function triggersOf({ table, noun, key, columns, isOnlyUpdated }: Watched): readonly string[] {
  const events = isOnlyUpdated ? ["UPDATE"] : ["INSERT", "UPDATE", "DELETE"];
  return events.map((event) => {
    const which = event === "UPDATE" && columns !== undefined ? ` OF ${columns}` : "";
    return `CREATE TEMP TRIGGER "${table} ${noun} ${event}" AFTER ${event}${which} ON main.${table}
      BEGIN SELECT touched('${noun}', ${namedBy(key, event)}); END`;
  });
}

/** What is removed may lose its key first; whoever looks at it knows it by the one that it had. */
function namedBy(key: string | null, event: string): string {
  if (key === null) return "NULL";
  if (event === "INSERT") return `new.${key}`;
  return event === "DELETE" ? `old.${key}` : `coalesce(new.${key}, old.${key})`;
}

/** The topics (http/events) of what was touched; null: all. */
export function topicsOf(db: Db, touches: Iterable<string>): ReadonlySet<string> | null {
  const topics = new Set<string>();
  for (const touch of touches) {
    const [noun = "", key = ""] = touch.split(" ", 2);
    if (noun === "everything") return null;
    for (const topic of topicsOfOne(db, noun as Watched["noun"], key)) topics.add(topic);
  }
  return topics;
}

function topicsOfOne(db: Db, noun: Watched["noun"], key: string): readonly string[] {
  if (noun === "domain") return ["domains", `domain:${key}`];
  if (noun === "migration") return [`migration:${key}`];
  if (noun === "address") return [`mailbox:${key}`, `domain:${domainOf(key)}`, `migration:${domainOf(key)}`];
  if (noun !== "mailbox") return [noun];
  const sql = "SELECT address FROM mailbox WHERE id = ?";
  const address = db.get<{ address: string | null }>(sql, Number(key))?.address;
  return address ? [`mailbox:${address}`, `migration:${domainOf(address)}`] : [];
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}
