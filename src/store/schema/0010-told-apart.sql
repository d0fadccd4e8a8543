-- Of two mailboxes that list one old maildrop an administrator may let both go on.

ALTER TABLE transfer ADD COLUMN told_apart INTEGER NOT NULL DEFAULT 0;
