-- Durations from elsewhere stay apart from what was measured here: CI's machines are not ours.
CREATE TABLE imports (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE imported_durations (
  sequence INTEGER NOT NULL REFERENCES imports ON DELETE CASCADE,
  unit_id TEXT NOT NULL,
  position INTEGER NOT NULL,  -- from 0, in the order in which they came
  duration_ms REAL NOT NULL,
  PRIMARY KEY (sequence, unit_id, position)
) STRICT, WITHOUT ROWID;
