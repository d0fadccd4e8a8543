-- What a message says of itself that is not here, so that it can be named: subject, sender and date (mail/message-heading)
-- as JSON. Null where it is not known, and where the content tells it.
ALTER TABLE ledger ADD COLUMN heading TEXT;
