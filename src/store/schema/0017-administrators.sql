-- Who administers the server over the web.
CREATE TABLE administrator (
  name TEXT NOT NULL PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('administrator', 'domain-administrator')),
  -- JSON array: the domains of a domain administrator.
  domains TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Open sessions and tokens for programs. Of the secret there is nothing but its SHA-256.
CREATE TABLE access_key (
  hash BLOB NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  administrator TEXT NOT NULL REFERENCES administrator (name) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('session', 'token')),
  -- For a person to tell one from another: what a token is for, where a session was opened from.
  label TEXT NOT NULL,
  may_write INTEGER NOT NULL,
  created INTEGER NOT NULL,
  last_used INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX access_key_administrator ON access_key (administrator, kind);
