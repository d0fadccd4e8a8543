-- Moves of domains and mailboxes off their old servers.

CREATE TABLE migration (
  domain TEXT PRIMARY KEY REFERENCES domain (name),
  -- The whole migration as JSON (migration/migration).
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE transfer (
  mailbox INTEGER PRIMARY KEY REFERENCES mailbox (id),
  state TEXT NOT NULL
    CHECK (state IN ('copying', 'following', 'settled', 'waiting', 'needs-password', 'paused')),
  reason TEXT,
  next_try INTEGER NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  login_name TEXT NOT NULL,
  -- Null once the migration has ended.
  sealed_password BLOB,
  -- Kept with every change, because status is asked often and ledgers are long.
  messages INTEGER NOT NULL,
  messages_here INTEGER NOT NULL DEFAULT 0,
  octets INTEGER NOT NULL,
  octets_here INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER NOT NULL,
  last_sweep INTEGER,
  last_stat TEXT
) STRICT;
CREATE INDEX transfer_due ON transfer (next_try) WHERE state NOT IN ('settled', 'paused');

CREATE TABLE ledger (
  -- Ascends with the order of the old server.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id),
  -- Identity there: unique-id (octets as code points 0-255), listed size, which of several alike. An occurrence
  -- below 0 is no identity: another message goes by it now.
  uidl TEXT NOT NULL,
  size INTEGER NOT NULL,
  occurrence INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('remote', 'copied', 'skipped')),
  -- No foreign key: the row outlives its content, and expunging writes nothing here.
  content INTEGER,
  -- Lower-case hex.
  sha256 TEXT,
  reason TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER NOT NULL DEFAULT 0,
  missing_since INTEGER,
  UNIQUE (mailbox, uidl, size, occurrence)
) STRICT;
CREATE INDEX ledger_content ON ledger (content) WHERE content IS NOT NULL;
CREATE INDEX ledger_mailbox ON ledger (mailbox);
CREATE INDEX ledger_remote ON ledger (mailbox) WHERE state = 'remote';

-- What nobody has an entry for any more is not fetched, and no longer part of what is to be done.
CREATE TRIGGER remote_content_unwanted AFTER UPDATE OF forsaken ON content
WHEN new.forsaken = 1 AND old.forsaken = 0 AND new.size IS NULL
BEGIN
  UPDATE transfer SET messages = messages - 1, octets = octets - coalesce(new.listed_size, 0)
  WHERE mailbox = new.mailbox;
END;
