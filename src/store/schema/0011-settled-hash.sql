-- What a message of the old server is without the fields that mail stores write into messages and change.

-- Lower-case hex; null where there is no such field, or nothing was copied yet.
ALTER TABLE ledger ADD COLUMN settled_sha256 TEXT;
