-- Who did something is asked for in a record that only grows.
CREATE INDEX audit_actor ON audit (actor);
CREATE INDEX audit_outcome ON audit (outcome) WHERE outcome <> 'done';
