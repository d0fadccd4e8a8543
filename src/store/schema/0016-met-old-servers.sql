-- What is learnt of an old server while people come over.

-- What RETR does to a message there (migration/transfer/reading-effect).
CREATE TABLE reading_effect (
  domain TEXT NOT NULL,
  -- host:port. Of another old server of the domain nothing is known.
  server TEXT NOT NULL,
  effect TEXT NOT NULL CHECK (effect IN ('unknown', 'keeps', 'takes', 'accepted')),
  PRIMARY KEY (domain, server)
) STRICT, WITHOUT ROWID;

-- What the old server said of itself to this mailbox (migration/proof/certificate: OldServerFacts), as JSON.
ALTER TABLE transfer ADD COLUMN met TEXT;
-- What is to be known of its old maildrop (migration/identity/maildrop-notes), as JSON.
ALTER TABLE transfer ADD COLUMN notes TEXT;
-- MODSEQ that the first listing's entries got: an entry that still has it was changed by nobody.
ALTER TABLE transfer ADD COLUMN listed_modseq INTEGER;
