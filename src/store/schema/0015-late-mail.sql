-- Mail that came here from outside for people whose old mailbox is still followed: a sweep that finds the same message
-- there, from which it was forwarded, does not bring it once more (store/sqlite/came-by-mail).

CREATE TABLE came_by_mail (
  id INTEGER PRIMARY KEY,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id),
  -- The first 16 octets of the SHA-256 of its Message-ID.
  message_id BLOB NOT NULL,
  -- SHA-256 of everything below what a forward changes (mail/below-trace), lower-case hex.
  below_trace TEXT NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX came_by_mail_message ON came_by_mail (mailbox, message_id);
-- Rows go after seven days, whoever they belong to.
CREATE INDEX came_by_mail_age ON came_by_mail (received_at);

-- What an administrator knows of old mailboxes whose owners have not come: from a list, because only their owners can
-- look into them.
CREATE TABLE old_maildrop (
  domain TEXT NOT NULL REFERENCES domain (name) ON DELETE CASCADE,
  address TEXT NOT NULL,
  octets INTEGER,
  -- When its newest message came, epoch milliseconds.
  last_mail INTEGER,
  PRIMARY KEY (domain, address)
) STRICT, WITHOUT ROWID;
