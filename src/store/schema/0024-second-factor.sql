-- The second step of administrators' sign-in, where they have switched it on (RFC 6238).
CREATE TABLE second_factor (
  administrator TEXT NOT NULL PRIMARY KEY REFERENCES administrator (name) ON DELETE CASCADE,
  -- Under a key that lies outside the database.
  sealed_secret BLOB NOT NULL,
  -- 0 until a first code was shown: it is asked for only from then on.
  confirmed INTEGER NOT NULL DEFAULT 0,
  -- No code of this time step or an earlier one is good any more.
  last_step INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Each good once. Of the code there is nothing but its SHA-256.
CREATE TABLE recovery_code (
  administrator TEXT NOT NULL REFERENCES administrator (name) ON DELETE CASCADE,
  hash BLOB NOT NULL,
  PRIMARY KEY (administrator, hash)
) STRICT, WITHOUT ROWID;
