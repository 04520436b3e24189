-- What changed around the suite. Units by id, not by key: a trip may be told before any of the
-- units that ran then is recorded.
CREATE TABLE trips (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,  -- from 0, in the order in which the run told of them
  at REAL,                    -- milliseconds since the epoch; null: nobody knows
  kind TEXT NOT NULL,
  what TEXT NOT NULL,
  change TEXT NOT NULL,
  detail TEXT,
  undone INTEGER NOT NULL,    -- 0 or 1
  culprit TEXT,               -- a unit's id
  process TEXT,               -- the process that was seen at it, as JSON
  others INTEGER NOT NULL,
  UNIQUE (run_number, position)
) STRICT;

-- The units that ran at that moment.
CREATE TABLE trip_units (
  trip INTEGER NOT NULL REFERENCES trips ON DELETE CASCADE,
  position INTEGER NOT NULL,
  unit_id TEXT NOT NULL,
  PRIMARY KEY (trip, position)
) STRICT, WITHOUT ROWID;
