import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { aRun, aTest, aTrip, aUnit } from '../samples.ts';
import type { UnitResult } from '../../../src/core/attempt.ts';
import { Database } from '../../../src/history/sqlite/driver.ts';
import {
  APPLICATION_ID,
  migrate,
  readMigrations,
  schemaVersion,
} from '../../../src/history/sqlite/migrate.ts';
import { openHistory } from '../../../src/history/sqlite/open.ts';
import { openForTest } from './open-for-test.ts';
import { temporaryHistory } from './temporary.ts';

const current = readMigrations();

test('upgrades a history of every older version, with all that is in it', (context) => {
  for (let version = 1; version < current.length; version += 1) {
    const file = temporaryHistory(context);
    const old = new Database(file);
    migrate(old, current.slice(0, version), () => undefined);
    const unit = aUnit('a', [
      { outcome: 'failed', tests: [aTest('one', 'failed', { message: 'said why' })] },
      { outcome: 'passed', tests: [aTest('one', 'passed')] },
    ]);
    recordAsFirst(old, unit);
    // Its runs 2 to 40 were deleted: their numbers were given all the same.
    old.exec(`UPDATE sqlite_sequence SET seq = 40 WHERE name = 'runs'`);
    old.close();

    const history = openForTest(file, { minimumNumber: () => assert.fail('asked though old') });
    assert.deepEqual(history.unitHistory('a', 9)[0]?.unit, unit);
    const run = aRun();
    assert.equal(history.beginRun(run), 41);
    assert.deepEqual(history.trips({ runs: 9 }), []);
    assert.deepEqual(history.exposures({ runs: 9 }), []);
    history.recordTrips(run.id, 0, [aTrip()]);
    assert.deepEqual(
      history.trips({ runs: 9 }).map(({ run: { number }, trip }) => [number, trip]),
      [[41, aTrip()]],
    );
    history.importDurations('ci', new Map([['unit:a', [5]]]));
    assert.deepEqual(history.importedDurations(), new Map([['unit:a', [5]]]));
    history.close();
    const db = new Database(file);
    assert.equal(schemaVersion(db), current.length);
    db.close();
  }
});

/** As version 1 wrote it, whose columns every later one has. */
function recordAsFirst(db: Database, unit: UnitResult): void {
  const info = aRun();
  db.prepare('INSERT INTO runs (id, info) VALUES (?, ?)').run(info.id, JSON.stringify(info));
  db.prepare('INSERT INTO units VALUES (1, ?, ?, ?, ?)').run(
    unit.id,
    unit.suite,
    unit.framework,
    unit.path,
  );
  db.prepare('INSERT INTO unit_results VALUES (1, 1, ?, ?)').run(unit.outcome, unit.durationMs);
  db.exec(`INSERT INTO tests VALUES (1, 1, 'one', 1)`);
  const insertAttempt = db.prepare(
    'INSERT INTO attempts VALUES (?, ?, 1, 1, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertTest = db.prepare(`
    INSERT INTO test_results
      (attempt_key, position, test_key, outcome, duration_ms, message, file, line, column)
    VALUES (?, 0, 1, ?, ?, ?, NULL, NULL, NULL)`);
  for (const attempt of unit.attempts) {
    const { errors, retry, leaks, verdict, evidence } = attempt;
    insertAttempt.run(
      attempt.number,
      attempt.id,
      attempt.number,
      attempt.outcome,
      attempt.exitCode,
      attempt.startedAt,
      attempt.durationMs,
      attempt.reason,
      attempt.slot,
      attempt.batchSize,
      attempt.tests.length,
      JSON.stringify({ errors, retry, leaks, verdict, evidence }),
    );
    for (const { outcome, durationMs, message } of attempt.tests) {
      insertTest.run(attempt.number, outcome, durationMs, message);
    }
  }
}

test('an upgrade that fails leaves the old version as it was', () => {
  const db = new Database(':memory:');
  migrate(db, current, () => undefined);
  const broken = [...current, 'CREATE TABLE more (id INTEGER); INSERT INTO nowhere VALUES (1)'];
  assert.throws(() => migrate(db, broken, () => undefined), /nowhere/);
  assert.equal(schemaVersion(db), current.length);
  assert.equal(db.value(`SELECT count(*) FROM sqlite_schema WHERE name = 'more'`), 0);
});

test('marks the file as ours', (context) => {
  const file = temporaryHistory(context);
  openForTest(file).close();
  // https://www.sqlite.org/fileformat2.html#application_id
  assert.equal(readFileSync(file).readUInt32BE(68), APPLICATION_ID);
});

test('numbers a new history from the lowest number that it is given', (context) => {
  const file = temporaryHistory(context);
  const first = openForTest(file, { minimumNumber: () => 42 });
  assert.equal(first.beginRun(aRun()), 42);
  first.close();
});

test('never gives a number again, even of a run that was deleted', (context) => {
  const file = temporaryHistory(context);
  const history = openForTest(file);
  history.beginRun(aRun());
  assert.equal(history.beginRun(aRun()), 2);
  const db = new Database(file);
  db.exec('DELETE FROM runs');
  db.close();
  assert.equal(history.beginRun(aRun()), 3);
  history.close();
});

test('never gives the number of a trip again', (context) => {
  const file = temporaryHistory(context);
  const history = openForTest(file);
  const run = aRun();
  history.beginRun(run);
  history.recordTrips(run.id, 0, [aTrip(), aTrip()]);
  const db = new Database(file);
  db.exec('PRAGMA foreign_keys = ON; DELETE FROM trips');
  assert.equal(db.value('SELECT count(*) FROM trip_units'), 0);
  history.recordTrips(run.id, 0, [aTrip()]);
  assert.equal(db.value('SELECT sequence FROM trips'), 3);
  db.close();
  history.close();
});

test('leaves a history of a newer version alone', (context) => {
  const file = temporaryHistory(context);
  openForTest(file).close();
  const db = new Database(file);
  db.exec(`PRAGMA user_version = ${current.length + 1}`);
  db.close();
  const before = readFileSync(file);
  const opened = openHistory(file);
  assert.ok(opened.kind === 'unavailable');
  assert.equal(opened.error.code, 'history-newer');
  assert.equal(opened.error.exitCode, 6);
  assert.match(
    opened.error.message,
    new RegExp(`schema ${current.length + 1}.*${current.length}\\.$`),
  );
  assert.match(opened.error.hint ?? '', /newer Pindown/);
  assert.deepEqual(readFileSync(file), before);
});
