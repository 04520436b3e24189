-- Numbers are for people and never used again, not even after a deletion: AUTOINCREMENT.
CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  info TEXT NOT NULL,         -- RunInfo without its number, as JSON
  -- As long as the run goes on, all four are null.
  totals TEXT,                -- as JSON
  duration_ms REAL,
  exit_code INTEGER,
  stopped TEXT
) STRICT;

CREATE TABLE units (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  suite TEXT NOT NULL,
  framework TEXT NOT NULL,
  path TEXT NOT NULL
) STRICT;

CREATE INDEX units_by_path ON units (path);

CREATE TABLE unit_results (
  unit_key INTEGER NOT NULL REFERENCES units,
  run_number INTEGER NOT NULL REFERENCES runs,
  outcome TEXT NOT NULL,
  duration_ms REAL NOT NULL,
  PRIMARY KEY (unit_key, run_number)
) STRICT, WITHOUT ROWID;

CREATE INDEX unit_results_by_run ON unit_results (run_number, outcome);

CREATE TABLE attempts (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  unit_key INTEGER NOT NULL,
  run_number INTEGER NOT NULL,
  number INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  exit_code INTEGER,
  signal TEXT,
  started_at TEXT,
  duration_ms REAL NOT NULL,
  reason TEXT NOT NULL,
  slot INTEGER,
  batch_size INTEGER NOT NULL,
  test_count INTEGER NOT NULL,
  detail TEXT NOT NULL,       -- errors, retry, leaks, verdict, evidence; as JSON
  FOREIGN KEY (unit_key, run_number) REFERENCES unit_results ON DELETE CASCADE
) STRICT;

CREATE INDEX attempts_by_unit
  ON attempts (unit_key, run_number, number, outcome, duration_ms, batch_size, test_count);

-- A unit that was tried twice is where flakiness shows; few are.
CREATE INDEX attempts_again ON attempts (run_number, unit_key) WHERE number > 1;

CREATE TABLE tests (
  key INTEGER PRIMARY KEY,
  unit_key INTEGER NOT NULL REFERENCES units,
  name TEXT NOT NULL,
  occurrence INTEGER NOT NULL,
  UNIQUE (unit_key, name, occurrence)
) STRICT;

CREATE TABLE test_results (
  attempt_key INTEGER NOT NULL REFERENCES attempts ON DELETE CASCADE,
  position INTEGER NOT NULL,  -- from 0, in the order in which the framework reported
  test_key INTEGER NOT NULL REFERENCES tests,
  outcome TEXT NOT NULL,
  duration_ms REAL,
  message TEXT,
  file TEXT,                  -- null: no location; empty: the unit's own path
  line INTEGER,
  column INTEGER,
  PRIMARY KEY (attempt_key, position)
) STRICT, WITHOUT ROWID;
