-- Who did what (observe/audit). Only ever added to. It names people and domains by what they are called, not by rows
-- elsewhere: it outlives them.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Epoch milliseconds.
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  remote TEXT,
  domain TEXT,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  -- JSON.
  details TEXT NOT NULL CHECK (length(details) <= 8000)
) STRICT;
CREATE INDEX audit_object ON audit (object, kind);
CREATE INDEX audit_domain ON audit (domain);
CREATE INDEX audit_kind ON audit (kind);
CREATE INDEX audit_at ON audit (at);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit record is not changed'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'nothing is taken from the audit record'); END;
-- REPLACE would delete without the trigger above.
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id)
BEGIN SELECT raise(ABORT, 'the audit record is not changed'); END;

-- The turning points of a move are recorded by the rows that turn, in the commit that turns them, whoever does it.
-- The time is the database's.

CREATE TRIGGER audit_copy_complete AFTER UPDATE OF state ON transfer
WHEN new.state = 'following' AND old.state <> 'following' AND NOT EXISTS (
  SELECT 1 FROM audit WHERE kind = 'copy-complete' AND object = (SELECT address FROM mailbox WHERE id = new.mailbox)
  AND id > coalesce((SELECT max(id) FROM audit WHERE kind = 'mailbox-created'
    AND object = (SELECT address FROM mailbox WHERE id = new.mailbox)), 0))
BEGIN
  INSERT INTO audit (at, kind, actor, domain, object, outcome, details)
  SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER), 'copy-complete', 'server', domain, address, 'done',
    json_object('messages', new.messages_here, 'octets', new.octets_here,
      'skipped', (SELECT count(*) FROM ledger WHERE mailbox = new.mailbox AND state = 'skipped'))
  FROM mailbox WHERE id = new.mailbox AND address IS NOT NULL;
END;

CREATE TRIGGER audit_transfer_stopped AFTER UPDATE OF state ON transfer
WHEN new.state <> old.state AND new.state IN ('paused', 'needs-password', 'settled', 'returned')
BEGIN
  INSERT INTO audit (at, kind, actor, domain, object, outcome, details)
  SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER), 'transfer-' || new.state, 'server', domain, address, 'done',
    json_object('before', old.state, 'reason', substr(new.reason, 1, 500))
  FROM mailbox WHERE id = new.mailbox AND address IS NOT NULL;
END;

CREATE TRIGGER audit_cutover_begun AFTER INSERT ON cutover
BEGIN
  INSERT INTO audit (at, kind, actor, domain, object, outcome, details)
  VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), 'cutover-step', 'server', new.domain, new.domain, 'done',
    json_object('state', new.cutover ->> '$.state', 'step', new.cutover ->> '$.step'));
END;
CREATE TRIGGER audit_cutover_step AFTER UPDATE OF cutover ON cutover
WHEN new.cutover ->> '$.step' <> old.cutover ->> '$.step' OR new.cutover ->> '$.state' <> old.cutover ->> '$.state'
BEGIN
  INSERT INTO audit (at, kind, actor, domain, object, outcome, details)
  VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), 'cutover-step', 'server', new.domain, new.domain,
    iif(new.cutover ->> '$.state' = 'refused', 'refused', 'done'),
    json_object('state', new.cutover ->> '$.state', 'step', new.cutover ->> '$.step',
      'certificate', new.cutover ->> '$.certificate',
      'blockers', coalesce(json_array_length(new.cutover, '$.blockers'), 0),
      'givenUp', coalesce(json_array_length(new.cutover, '$.giveUp'), 0)));
END;

CREATE TRIGGER audit_certificate AFTER UPDATE OF ending ON certificate
WHEN old.ending IS NULL AND new.ending IS NOT NULL
BEGIN
  INSERT INTO audit (at, kind, actor, domain, object, outcome, details)
  VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), 'certificate', 'server', new.domain, CAST(new.id AS TEXT), 'done',
    json_object('root', new.ending ->> '$.root', 'mailboxes', new.ending ->> '$.mailboxes',
      'closes', json(iif(new.ending ->> '$.closes', 'true', 'false'))));
END;
