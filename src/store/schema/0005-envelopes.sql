-- The ENVELOPE of content that is here, as IMAP writes it: listings of whole folders show it, and taking it out of
-- the facts would cost them ten times as much. Missing for content that came before there was this table.

CREATE TABLE envelope (
  content INTEGER PRIMARY KEY REFERENCES content (id),
  -- Octets as code points 0-255.
  text TEXT NOT NULL
) STRICT;
