-- Subscriptions are to names, whether or not a folder has the name (RFC 3501 §6.3.6).

CREATE TABLE subscription (
  mailbox INTEGER NOT NULL REFERENCES mailbox (id),
  -- Spelled as a folder's name is.
  name TEXT NOT NULL,
  PRIMARY KEY (mailbox, name)
) STRICT, WITHOUT ROWID;
INSERT INTO subscription (mailbox, name) SELECT mailbox, name FROM folder WHERE subscribed = 1;
ALTER TABLE folder DROP COLUMN subscribed;
