-- What failures are recognised by. A text is kept once, however often its fault is met.
CREATE TABLE signatures (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,    -- its version and its hash
  text TEXT NOT NULL          -- what it was made from, for people
) STRICT;

-- Each failure of a run. Attempts by id, not by key: a unit is recorded later than its failures.
CREATE TABLE occurrences (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  unit_id TEXT NOT NULL,
  position INTEGER NOT NULL,  -- from 0, in the order of the unit's attempts
  signature_key INTEGER NOT NULL REFERENCES signatures,
  kind TEXT NOT NULL,         -- failure, flake or excused
  path TEXT NOT NULL,
  attempt_id TEXT NOT NULL,
  test TEXT,                  -- null: the unit itself
  occurrence INTEGER,
  gotcha TEXT,                -- the entry whose quarantine tolerated it
  PRIMARY KEY (run_number, unit_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX occurrences_by_signature ON occurrences (signature_key, run_number);
