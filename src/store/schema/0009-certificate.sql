-- Certificates of moves. They name people and messages by what they are called, not by rows elsewhere: they outlive
-- messages, mailboxes, the migration and the domain.

CREATE TABLE certificate (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  domain TEXT NOT NULL,
  -- What was known at its beginning and, from the moment when it is whole, at its end; JSON (migration/proof).
  head TEXT NOT NULL,
  ending TEXT
) STRICT;
CREATE INDEX certificate_domain ON certificate (domain, id);

-- The messages of a mailbox, shared by all certificates that say the same of it.
CREATE TABLE proved (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  domain TEXT NOT NULL,
  address TEXT NOT NULL,
  key TEXT NOT NULL,
  -- 0 while it is being written, and once no certificate has it any more.
  kept INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX proved_key ON proved (domain, address, key) WHERE kept = 1;
CREATE INDEX proved_remains ON proved (domain) WHERE kept = 0;

CREATE TABLE proved_piece (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  proved INTEGER NOT NULL REFERENCES proved (id),
  -- A piece of migration/proof as JSON, compressed (RFC 1951).
  octets BLOB NOT NULL
) STRICT;
CREATE INDEX proved_piece_proved ON proved_piece (proved);

CREATE TABLE certificate_mailbox (
  certificate INTEGER NOT NULL REFERENCES certificate (id),
  address TEXT NOT NULL,
  proved INTEGER NOT NULL REFERENCES proved (id),
  -- The mailbox in figures, as JSON.
  proof TEXT NOT NULL,
  PRIMARY KEY (certificate, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX certificate_mailbox_proved ON certificate_mailbox (proved);
