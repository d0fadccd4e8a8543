-- Who may still come, of domains that migrate.

-- Whom the administrator expects.
CREATE TABLE expected_person (
  domain TEXT NOT NULL REFERENCES domain (name) ON DELETE CASCADE,
  address TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (domain, address)
) STRICT, WITHOUT ROWID;

-- First logins that the old server refused.
CREATE TABLE tried_login (
  domain TEXT NOT NULL REFERENCES domain (name) ON DELETE CASCADE,
  address TEXT NOT NULL,
  times INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (domain, address)
) STRICT, WITHOUT ROWID;
