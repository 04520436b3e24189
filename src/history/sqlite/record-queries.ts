import type { Attempt, TestResult } from '../../core/attempt.ts';
import { ATTEMPT_OUTCOMES, TEST_OUTCOMES, UNIT_OUTCOMES, zeroCounts } from '../../core/outcome.ts';
import type { RunInfo } from '../../core/run.ts';
import { FRAMEWORK_NAMES } from '../../core/unit.ts';
import type { AttemptLookup, KnownUnit, RunRecord, RunRef, UnitRecord } from '../history.ts';
import { type Database, number, numberOrNull, type Row, text, textOrNull, word } from './driver.ts';
import type { AttemptDetail } from './writer.ts';

/** How many ids an ambiguous prefix is answered with. */
const AMBIGUOUS_IDS = 10;

/** The columns that {@link runRefOf} reads, of table `runs`. */
export const RUN_COLUMNS = `
  runs.id AS run_id, runs.number AS run_number, runs.info ->> 'startedAt' AS run_started_at`;

/** The columns that {@link runRefOf} and {@link knownUnitOf} read, of tables `runs` and `units`. */
export const REF_COLUMNS: string = `${RUN_COLUMNS},
  units.id AS unit_id, units.suite, units.framework, units.path`;

/** See `History.runs`. */
export function latestRuns(db: Database, limit: number): readonly RunRecord[] {
  const rows = db.prepare('SELECT * FROM runs ORDER BY number DESC LIMIT ?').all(rowLimit(limit));
  return rows.map((row) => runRecordOf(db, row));
}

/** See `History.run`. */
export function findRun(db: Database, idOrNumber: string | number): RunRecord | null {
  const column = typeof idOrNumber === 'number' ? 'number' : 'id';
  const row = db.prepare(`SELECT * FROM runs WHERE ${column} = ?`).get(idOrNumber);
  return row === undefined ? null : runRecordOf(db, row);
}

/** See `History.units`. */
export function knownUnits(db: Database): readonly KnownUnit[] {
  return db
    .prepare('SELECT id AS unit_id, suite, framework, path FROM units ORDER BY id')
    .all()
    .map(knownUnitOf);
}

/** See `History.unitHistory`. */
export function unitHistory(db: Database, idOrPath: string, limit: number): readonly UnitRecord[] {
  const attempts = db.prepare(`
    SELECT * FROM attempts WHERE unit_key = ? AND run_number = ? ORDER BY number, key`);
  return db
    .prepare(`
      SELECT ${REF_COLUMNS}, unit_key, outcome, unit_results.duration_ms
      FROM units
        JOIN unit_results ON unit_key = units.key
        JOIN runs ON runs.number = run_number
      WHERE units.id = ? OR units.path = ?
      ORDER BY run_number DESC, units.id LIMIT ?`)
    .all(idOrPath, idOrPath, rowLimit(limit))
    .map((row) => {
      const unit = knownUnitOf(row);
      return {
        run: runRefOf(row),
        unit: {
          ...unit,
          outcome: word(row, 'outcome', UNIT_OUTCOMES),
          durationMs: number(row, 'duration_ms'),
          attempts: attempts
            .all(number(row, 'unit_key'), number(row, 'run_number'))
            .map((attempt) => attemptOf(db, unit, attempt)),
        },
      };
    });
}

/** See `History.attempt`. */
export function findAttempt(db: Database, idOrPrefix: string): AttemptLookup {
  const prefix = idOrPrefix.toLowerCase();
  const rows = db
    .prepare(`
      SELECT ${REF_COLUMNS}, attempts.*
      FROM attempts
        JOIN units ON units.key = unit_key
        JOIN runs ON runs.number = run_number
      WHERE attempts.id >= ? AND attempts.id < ? || char(0x10FFFF)
      ORDER BY attempts.id LIMIT ${AMBIGUOUS_IDS}`)
    .all(prefix, prefix);
  const [row, another] = rows;
  if (row === undefined) return { kind: 'unknown' };
  if (another !== undefined && text(row, 'id') !== prefix) {
    return { kind: 'ambiguous', ids: rows.map((each) => text(each, 'id')) };
  }
  const unit = knownUnitOf(row);
  return { kind: 'found', run: runRefOf(row), unit, attempt: attemptOf(db, unit, row) };
}

export function runRefOf(row: Row): RunRef {
  return {
    id: text(row, 'run_id'),
    number: number(row, 'run_number'),
    startedAt: text(row, 'run_started_at'),
  };
}

export function knownUnitOf(row: Row): KnownUnit {
  return {
    id: text(row, 'unit_id'),
    suite: text(row, 'suite'),
    framework: word(row, 'framework', FRAMEWORK_NAMES),
    path: text(row, 'path'),
  };
}

function runRecordOf(db: Database, row: Row): RunRecord {
  const run = number(row, 'number');
  const counts = zeroCounts();
  const counted = db
    .prepare(`
      SELECT outcome, count(*) AS units FROM unit_results WHERE run_number = ? GROUP BY outcome`)
    .all(run);
  for (const count of counted) {
    counts[word(count, 'outcome', UNIT_OUTCOMES)] = number(count, 'units');
  }
  const info: Omit<RunInfo, 'number'> = JSON.parse(text(row, 'info'));
  return {
    info: { ...info, number: run },
    end:
      row['totals'] === null
        ? null
        : {
            totals: JSON.parse(text(row, 'totals')),
            durationMs: number(row, 'duration_ms'),
            exitCode: number(row, 'exit_code'),
            stopped: textOrNull(row, 'stopped'),
          },
    counts,
  };
}

function attemptOf(db: Database, unit: KnownUnit, row: Row): Attempt {
  const detail: AttemptDetail = JSON.parse(text(row, 'detail'));
  return {
    id: text(row, 'id'),
    unitId: unit.id,
    number: number(row, 'number'),
    outcome: word(row, 'outcome', ATTEMPT_OUTCOMES),
    exitCode: numberOrNull(row, 'exit_code'),
    signal: textOrNull(row, 'signal'),
    startedAt: textOrNull(row, 'started_at'),
    durationMs: number(row, 'duration_ms'),
    reason: text(row, 'reason'),
    tests: testsOf(db, unit, number(row, 'key')),
    slot: numberOrNull(row, 'slot'),
    batchSize: number(row, 'batch_size'),
    ...detail,
  };
}

function testsOf(db: Database, unit: KnownUnit, attemptKey: number): readonly TestResult[] {
  return db
    .prepare(`
      SELECT name, occurrence, outcome, duration_ms, message, file, line, column, failed_tries
      FROM test_results JOIN tests ON tests.key = test_key
      WHERE attempt_key = ? ORDER BY position`)
    .all(attemptKey)
    .map((row) => {
      const file = textOrNull(row, 'file');
      const line = numberOrNull(row, 'line');
      const column = numberOrNull(row, 'column');
      const failedTries = textOrNull(row, 'failed_tries');
      return {
        name: text(row, 'name'),
        occurrence: number(row, 'occurrence'),
        outcome: word(row, 'outcome', TEST_OUTCOMES),
        durationMs: numberOrNull(row, 'duration_ms'),
        message: textOrNull(row, 'message'),
        location: file === null ? null : { file: file === '' ? unit.path : file, line, column },
        ...(failedTries === null ? {} : { failedTries: JSON.parse(failedTries) as string[] }),
      };
    });
}

/** SQLite takes -1 for no limit. */
function rowLimit(limit: number): number {
  return Number.isFinite(limit) ? limit : -1;
}
