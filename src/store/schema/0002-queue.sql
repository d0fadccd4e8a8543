-- Accepted mail that has not left yet, and whom other servers have accepted mail for.

-- A message goes with its last recipient. Its octets are its own, whatever mailboxes got the message too.
CREATE TABLE queued_message (
  id TEXT PRIMARY KEY,
  -- QueuedMessage as JSON, without its id.
  message TEXT NOT NULL,
  -- MessageFacts as JSON.
  facts TEXT NOT NULL,
  -- Name of its file under content/; null when the octets are here.
  file TEXT,
  octets BLOB
) STRICT;
CREATE INDEX queued_message_file ON queued_message (file) WHERE file IS NOT NULL;

CREATE TABLE queued_recipient (
  -- Begins with the time of arrival, so that ids ascend with it; never used twice.
  id TEXT PRIMARY KEY,
  message TEXT NOT NULL REFERENCES queued_message (id),
  address TEXT NOT NULL,
  -- Separated by single commas; null when the sender said nothing (RFC 3461 §4.1).
  notify TEXT,
  original_recipient TEXT,
  via_kind TEXT NOT NULL CHECK (via_kind IN ('pipe', 'relay')),
  via_to TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  next_try INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  -- 1 from before the first octet of an attempt goes out until its result is kept.
  begun INTEGER NOT NULL DEFAULT 0,
  last_reply TEXT,
  may_have_arrived INTEGER NOT NULL DEFAULT 0,
  delay_reported INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX queued_recipient_message ON queued_recipient (message);
-- With the destination, so that those that are busy are passed over without reading their rows.
CREATE INDEX queued_recipient_due ON queued_recipient (next_try, id, via_kind, via_to)
  WHERE held = 0 AND begun = 0;
CREATE INDEX queued_recipient_begun ON queued_recipient (id) WHERE begun = 1;
CREATE INDEX queued_recipient_via ON queued_recipient (via_kind, via_to, received_at);

-- Queue-recipient ids of messages that are or were in a mailbox: the same message is not put there again.
CREATE TABLE mark (
  mailbox INTEGER NOT NULL REFERENCES mailbox (id),
  mark TEXT NOT NULL,
  -- 1 when the queue delivered it, 0 when it came over from the old server.
  delivered INTEGER NOT NULL,
  PRIMARY KEY (mailbox, mark)
) STRICT, WITHOUT ROWID;

CREATE TABLE known_recipient (
  domain TEXT NOT NULL,
  address TEXT NOT NULL,
  route TEXT NOT NULL,
  first_accepted INTEGER NOT NULL,
  last_accepted INTEGER NOT NULL,
  -- Accepted for it by delivery, not by mere asking.
  messages INTEGER NOT NULL,
  PRIMARY KEY (domain, address)
) STRICT, WITHOUT ROWID;
