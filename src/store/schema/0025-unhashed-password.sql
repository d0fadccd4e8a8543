-- The password of somebody who was just admitted, sealed under the migration's key until it is hashed
-- (migration/admission/late-hashes). Beside it mailbox.password_hash is null.
CREATE TABLE unhashed_password (
  mailbox INTEGER PRIMARY KEY REFERENCES mailbox (id),
  sealed BLOB NOT NULL
) STRICT;

-- Another password, or the mailbox's end, is the end of this one, and of the sessions that began with it. The hash of
-- this very password is written after its row has gone, and ends none.
CREATE TRIGGER unhashed_password_goes AFTER UPDATE OF password_hash, address ON mailbox
WHEN EXISTS (SELECT 1 FROM unhashed_password WHERE mailbox = old.id)
BEGIN
  DELETE FROM person_session WHERE address = old.address;
  DELETE FROM unhashed_password WHERE mailbox = old.id;
END;
