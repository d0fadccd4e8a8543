-- What IMAP asks of every folder again and again: how many messages are unseen, and which are to be expunged.

CREATE INDEX message_unseen ON message (folder, uid) WHERE instr(' ' || flags || ' ', ' \Seen ') = 0;
CREATE INDEX message_deleted ON message (folder, uid) WHERE instr(' ' || flags || ' ', ' \Deleted ') > 0;
