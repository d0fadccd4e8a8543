-- The last cutover of a domain: where it stands, and what undoing it brings back.

CREATE TABLE cutover (
  domain TEXT PRIMARY KEY REFERENCES domain (name) ON DELETE CASCADE,
  -- 1 while it is running or being undone.
  unfinished INTEGER NOT NULL,
  -- The whole cutover as JSON (migration/cutover).
  cutover TEXT NOT NULL
) STRICT, WITHOUT ROWID;
