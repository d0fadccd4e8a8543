import type { DatabaseSync } from "node:sqlite";

/**
 * What every connection needs. The database itself is in WAL mode (`schema` sees to it). Nobody checkpoints on
 * the way to a commit: the checkpointer thread does, and the writer when the log grows beyond its ceiling.
 * @param cache megabytes of pages kept in memory
 */
export function setUpConnection(database: DatabaseSync, cache: number): void {
  database.exec(`
    PRAGMA busy_timeout = 5000;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = ${-1024 * cache};
  `);
}
