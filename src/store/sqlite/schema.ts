/** The versions of the database: the files of `schema/`, applied in their order, each once. */
import { readdirSync, readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

const directory = new URL("../schema/", import.meta.url);

/** Raised when the database was written by a newer Mailferry: this one would not understand it. */
export class NewerSchema extends Error {
  constructor(found: number, known: number) {
    super(
      `The data was written by a newer version of Mailferry (schema ${found}, this version knows ${known}). ` +
        "Install that version again, or restore a backup made before the upgrade.",
    );
    this.name = "NewerSchema";
  }
}

/** Brings the database to the newest version, in one transaction. Throws NewerSchema. */
export function applySchema(database: DatabaseSync): void {
  database.exec("PRAGMA journal_mode = WAL");
  const files = readdirSync(directory)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort();
  const known = Number(files.at(-1)?.slice(0, 4) ?? 0);
  const found = schemaVersion(database);
  if (found > known) throw new NewerSchema(found, known);
  if (found === known) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const name of files) {
      if (Number(name.slice(0, 4)) > found) database.exec(readFileSync(new URL(name, directory), "utf8"));
    }
    database
      .prepare("INSERT INTO meta (key, value) VALUES ('schema', ?1) ON CONFLICT DO UPDATE SET value = ?1")
      .run(String(known));
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** 0 for a database that is still empty. */
function schemaVersion(database: DatabaseSync): number {
  const isThere = database
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'")
    .get();
  if (!isThere) return 0;
  const row = database.prepare("SELECT value FROM meta WHERE key = 'schema'").get();
  return Number(row?.value ?? 0);
}
