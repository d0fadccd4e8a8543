-- Domains, mailboxes, folders, messages and their content.
--
-- Ids are never used twice (AUTOINCREMENT): a session may hold one long after its row has gone.
-- Times are epoch milliseconds, sizes octets, booleans 0 or 1.

-- Facts about the store itself: 'schema' is the version of these files.
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE domain (
  name TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('local', 'remote', 'alias')),
  -- The domain that this one names: the target of an alias domain, the route of a pipe.
  names TEXT REFERENCES domain (name),
  -- The whole domain as JSON (directory/domain).
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX domain_names ON domain (names) WHERE names IS NOT NULL;

CREATE TABLE mailbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Domain and address are null once the mailbox was removed and only waits for its rows to be cleared away.
  domain TEXT REFERENCES domain (name),
  address TEXT UNIQUE,
  admitted INTEGER NOT NULL,
  password_hash TEXT,
  -- Octets allowed; null is no limit.
  quota INTEGER,
  -- Octets used, remote content counted with its listed size.
  octets INTEGER NOT NULL DEFAULT 0,
  -- The lowest UIDVALIDITY that was never given out in this mailbox.
  uid_validity INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX mailbox_domain ON mailbox (domain, address) WHERE domain IS NOT NULL;
CREATE INDEX mailbox_removed ON mailbox (id) WHERE address IS NULL;

-- Where UIDVALIDITY goes on when an address gets a mailbox again (RFC 3501 §2.3.1.1).
CREATE TABLE former_mailbox (
  address TEXT PRIMARY KEY,
  uid_validity INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alias (
  domain TEXT NOT NULL REFERENCES domain (name),
  address TEXT NOT NULL,
  target TEXT NOT NULL,
  target_domain TEXT NOT NULL,
  PRIMARY KEY (domain, address, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_target_domain ON alias (target_domain);

CREATE TABLE folder (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id),
  name TEXT NOT NULL,
  uid_validity INTEGER NOT NULL,
  uid_next INTEGER NOT NULL DEFAULT 1,
  highest_modseq INTEGER NOT NULL DEFAULT 1,
  special_use TEXT,
  subscribed INTEGER NOT NULL,
  messages INTEGER NOT NULL DEFAULT 0,
  UNIQUE (mailbox, name)
) STRICT;

-- Kept small, because every listing of a folder reads it; the octets are in `body`.
CREATE TABLE content (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id),
  -- Null while the content is remote.
  size INTEGER,
  -- What the old server says; null for content that never was remote.
  listed_size INTEGER,
  -- Name of its file under content/; null when the octets are in `body`, or remote.
  file TEXT,
  -- 1 once no message has it any more: it is gone for every reader and only waits to be cleared away.
  forsaken INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX content_mailbox ON content (mailbox);
CREATE INDEX content_file ON content (file) WHERE file IS NOT NULL;
CREATE INDEX content_forsaken ON content (id) WHERE forsaken = 1;

-- Of content that is here.
CREATE TABLE body (
  content INTEGER PRIMARY KEY REFERENCES content (id),
  -- MessageFacts as JSON. Before the octets, so that reading it needs no overflow page.
  facts TEXT NOT NULL,
  -- Null when they are in a file.
  octets BLOB
) STRICT;

CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id),
  folder INTEGER NOT NULL REFERENCES folder (id),
  uid INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  content INTEGER NOT NULL REFERENCES content (id),
  -- Not unique: old servers that make unique-ids of contents give identical messages one (RFC 1939 §7).
  uidl TEXT NOT NULL,
  -- Separated by single spaces.
  flags TEXT NOT NULL,
  internal_date INTEGER,
  listed_size INTEGER,
  UNIQUE (folder, uid)
) STRICT;
CREATE INDEX message_modseq ON message (folder, modseq);
CREATE INDEX message_mailbox ON message (mailbox);
CREATE INDEX message_content ON message (content);

-- UIDs that are gone, for a client that was away (RFC 7162 §3.2.6).
CREATE TABLE expunged (
  folder INTEGER NOT NULL REFERENCES folder (id),
  modseq INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  PRIMARY KEY (folder, modseq, uid)
) STRICT, WITHOUT ROWID;
