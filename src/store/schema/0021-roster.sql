-- What listings of mailboxes count: messages that were not taken. Of whom most have none.

CREATE INDEX ledger_skipped ON ledger (mailbox) WHERE state = 'skipped' AND sha256 IS NULL;
