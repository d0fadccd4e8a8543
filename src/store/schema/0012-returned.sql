-- People who went back to the old server, and what was sent after them.

-- SQLite changes no CHECK: the table is made anew for its new state.
DROP TRIGGER remote_content_unwanted;
DROP INDEX transfer_due;
ALTER TABLE transfer RENAME TO former_transfer;
CREATE TABLE transfer (
  mailbox INTEGER PRIMARY KEY REFERENCES mailbox (id),
  state TEXT NOT NULL
    CHECK (state IN ('copying', 'following', 'settled', 'waiting', 'needs-password', 'paused', 'returned')),
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
  last_stat TEXT,
  told_apart INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO transfer
  (mailbox, state, reason, next_try, failures, login_name, sealed_password, messages, messages_here, octets,
   octets_here, started_at, last_sweep, last_stat, told_apart)
SELECT mailbox, state, reason, next_try, failures, login_name, sealed_password, messages, messages_here, octets,
  octets_here, started_at, last_sweep, last_stat, told_apart
FROM former_transfer;
DROP TABLE former_transfer;
CREATE INDEX transfer_due ON transfer (next_try) WHERE state NOT IN ('settled', 'paused', 'returned');
CREATE TRIGGER remote_content_unwanted AFTER UPDATE OF forsaken ON content
WHEN new.forsaken = 1 AND old.forsaken = 0 AND new.size IS NULL
BEGIN
  UPDATE transfer SET messages = messages - 1, octets = octets - coalesce(new.listed_size, 0)
  WHERE mailbox = new.mailbox;
END;

-- Mailboxes that are not admitted (any more), because their owner went back. Gone when the owner comes again.
CREATE TABLE returned_mailbox (
  mailbox INTEGER PRIMARY KEY REFERENCES mailbox (id),
  -- 1: the next login, on the old server's word, brings the owner over again.
  may_come INTEGER NOT NULL DEFAULT 0,
  -- 1 while something is to be sent or to be proved.
  unfinished INTEGER NOT NULL,
  -- The whole return as JSON (migration/return).
  detail TEXT NOT NULL
) STRICT;

-- What was given to the queue for the old server, once for each content. It outlives the return: whoever goes back
-- a second time gets nothing twice.
CREATE TABLE returned_message (
  -- No foreign key: the row outlives its content.
  content INTEGER PRIMARY KEY,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id),
  -- The queue-recipient id, which stands in its mark.
  recipient TEXT NOT NULL UNIQUE,
  -- came-back: it was still queued when its owner came over again. dropped: taken out of the queue by hand.
  state TEXT NOT NULL CHECK (state IN ('queued', 'accepted', 'came-back', 'dropped')),
  octets INTEGER NOT NULL,
  message_id TEXT,
  -- Of what lies below the trace fields (mail/below-trace), lower-case hex.
  sha256 TEXT NOT NULL,
  -- How it was seen in the old maildrop; null: not yet.
  found TEXT CHECK (found IN ('same', 'changed')),
  -- What it is called there (size and unique-id); null where it was not seen, or has no unique-id.
  seen_as TEXT
) STRICT;
CREATE INDEX returned_message_mailbox ON returned_message (mailbox, content);
