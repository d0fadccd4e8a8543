-- Where people signed in lately (login/sign-ins), and their sessions on the web (http/my). Both go by address: a
-- session may begin while the mailbox behind it is still being made.
CREATE TABLE sign_in (
  address TEXT NOT NULL,
  protocol TEXT NOT NULL,
  peer TEXT NOT NULL,
  -- Epoch milliseconds.
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (address, protocol, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_last ON sign_in (address, last);

-- Of the secret there is nothing but its SHA-256.
CREATE TABLE person_session (
  hash BLOB NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,
  created INTEGER NOT NULL,
  last_used INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX person_session_address ON person_session (address, last_used);

-- Sessions end with the password they began with, whoever changes it, and when the mailbox goes or its owner goes back.
-- A first password, or a mailbox that is admitted, ends none: that is what the session itself brought about.
CREATE TRIGGER person_session_ends AFTER UPDATE OF password_hash, admitted, address ON mailbox
WHEN old.admitted = 1 AND old.address IS NOT NULL AND (new.admitted = 0 OR new.address IS NOT old.address
  OR (old.password_hash IS NOT NULL AND new.password_hash IS NOT old.password_hash))
BEGIN
  DELETE FROM person_session WHERE address = old.address;
END;
CREATE TRIGGER sign_in_goes AFTER UPDATE OF address ON mailbox
WHEN old.address IS NOT NULL AND new.address IS NOT old.address
BEGIN
  DELETE FROM sign_in WHERE address = old.address;
END;
