import type { Attempt, TestResult, UnitResult } from '../../core/attempt.ts';
import type { RunEnd } from '../../core/run.ts';
import { cut, cutName, LIST_LENGTH } from '../cut.ts';
import type { NewRun } from '../history.ts';
import { type Database, number, text } from './driver.ts';
import { NUMBER_OF_RUN, runNumber } from './run-number.ts';

/** What of an attempt has no column of its own, as JSON. */
export type AttemptDetail = Pick<Attempt, 'errors' | 'retry' | 'leaks' | 'verdict' | 'evidence'>;

/** Everything that is written while runs go on; each method is one transaction. */
export class Writer {
  readonly #db: Database;
  readonly #statements: ReturnType<typeof prepareAll>;

  constructor(db: Database) {
    this.#db = db;
    this.#statements = prepareAll(db);
  }

  beginRun({ number: wanted, ...info }: NewRun): number {
    const { numberOfRun, idOfRun, insertRun } = this.#statements;
    return this.#db.transaction(() => {
      const known = numberOfRun.get(info.id);
      if (known !== undefined) return number(known, 'number');
      const free = typeof wanted === 'number' && idOfRun.get(wanted) === undefined;
      return insertRun.run(free ? wanted : null, info.id, JSON.stringify(info));
    });
  }

  recordUnits(runId: string, units: readonly UnitResult[]): void {
    this.#db.transaction(() => {
      const run = this.#runNumber(runId);
      for (const unit of units) this.#record(run, unit);
    });
  }

  finishRun(runId: string, end: RunEnd): void {
    this.#db.transaction(() => {
      this.#statements.endRun.run(
        JSON.stringify(end.totals),
        end.durationMs,
        end.exitCode,
        end.stopped,
        this.#runNumber(runId),
      );
    });
  }

  #runNumber(runId: string): number {
    return runNumber(this.#statements.numberOfRun, runId);
  }

  #record(run: number, unit: UnitResult): void {
    const unitKey = this.#unitKey(unit);
    this.#statements.deleteResult.run(unitKey, run);
    this.#statements.insertResult.run(unitKey, run, unit.outcome, unit.durationMs);
    for (const attempt of unit.attempts) this.#recordAttempt(run, unit, unitKey, attempt);
  }

  #recordAttempt(run: number, unit: UnitResult, unitKey: number, attempt: Attempt): void {
    const attemptKey = this.#statements.insertAttempt.run(
      attempt.id,
      unitKey,
      run,
      attempt.number,
      attempt.outcome,
      attempt.exitCode,
      attempt.signal,
      attempt.startedAt,
      attempt.durationMs,
      cut(attempt.reason),
      attempt.slot,
      attempt.batchSize,
      attempt.tests.length,
      JSON.stringify(detailOf(attempt)),
    );
    for (const [position, test] of attempt.tests.entries()) {
      const { location } = test;
      this.#statements.insertTestResult.run(
        attemptKey,
        position,
        this.#testKey(unitKey, cutName(test.name), test.occurrence),
        test.outcome,
        test.durationMs,
        test.message === null ? null : cut(test.message),
        location === null ? null : location.file === unit.path ? '' : location.file,
        location?.line ?? null,
        location?.column ?? null,
        failedTriesOf(test),
      );
    }
  }

  // Asked first and written only if new: an upsert would write the page each time.
  #unitKey({ id, suite, framework, path }: UnitResult): number {
    const { findUnit, insertUnit, updateUnit } = this.#statements;
    const known = findUnit.get(id);
    if (known === undefined) return insertUnit.run(id, suite, framework, path);
    const key = number(known, 'key');
    if (text(known, 'framework') !== framework) updateUnit.run(framework, key);
    return key;
  }

  #testKey(unitKey: number, name: string, occurrence: number): number {
    const known = this.#statements.findTest.get(unitKey, name, occurrence);
    if (known !== undefined) return number(known, 'key');
    return this.#statements.insertTest.run(unitKey, name, occurrence);
  }
}

function detailOf(attempt: Attempt): AttemptDetail {
  return {
    errors: attempt.errors.slice(0, LIST_LENGTH).map(cut),
    retry: attempt.retry,
    leaks: attempt.leaks.slice(0, LIST_LENGTH),
    verdict: attempt.verdict,
    evidence: attempt.evidence.slice(0, LIST_LENGTH),
  };
}

function failedTriesOf({ failedTries = [] }: TestResult): string | null {
  if (failedTries.length === 0) return null;
  return JSON.stringify(failedTries.slice(0, LIST_LENGTH).map(cut));
}

function prepareAll(db: Database) {
  return {
    numberOfRun: db.prepare(NUMBER_OF_RUN),
    idOfRun: db.prepare('SELECT id FROM runs WHERE number = ?'),
    insertRun: db.prepare('INSERT INTO runs (number, id, info) VALUES (?, ?, ?)'),
    endRun: db.prepare(`UPDATE runs SET totals = ?, duration_ms = ?, exit_code = ?, stopped = ?
    WHERE number = ?`),
    findUnit: db.prepare('SELECT key, framework FROM units WHERE id = ?'),
    insertUnit: db.prepare('INSERT INTO units (id, suite, framework, path) VALUES (?, ?, ?, ?)'),
    updateUnit: db.prepare('UPDATE units SET framework = ? WHERE key = ?'),
    deleteResult: db.prepare('DELETE FROM unit_results WHERE unit_key = ? AND run_number = ?'),
    insertResult: db.prepare(`INSERT INTO unit_results (unit_key, run_number, outcome, duration_ms)
    VALUES (?, ?, ?, ?)`),
    insertAttempt:
      db.prepare(`INSERT INTO attempts (id, unit_key, run_number, number, outcome, exit_code,
      signal, started_at, duration_ms, reason, slot, batch_size, test_count, detail)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    findTest: db.prepare(
      'SELECT key FROM tests WHERE unit_key = ? AND name = ? AND occurrence = ?',
    ),
    insertTest: db.prepare('INSERT INTO tests (unit_key, name, occurrence) VALUES (?, ?, ?)'),
    insertTestResult:
      db.prepare(`INSERT INTO test_results (attempt_key, position, test_key, outcome,
      duration_ms, message, file, line, column, failed_tries)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  };
}
