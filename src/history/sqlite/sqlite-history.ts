import type { UnitResult } from '../../core/attempt.ts';
import { describeFault, type PindownError } from '../../core/errors.ts';
import type { UnitOutcome } from '../../core/outcome.ts';
import type { RunEnd } from '../../core/run.ts';
import type { Trip } from '../../core/trip.ts';
import type {
  AttemptLookup,
  Exposure,
  Flake,
  History,
  KnownUnit,
  NewRun,
  RunRecord,
  TripRecord,
  UnitRecord,
} from '../history.ts';
import type { Case, Occurrence } from '../occurrence.ts';
import type { Database } from './driver.ts';
import { historyError, SqliteFault } from './fault.ts';
import { flaky } from './flaky-query.ts';
import { cases, occurrences } from './occurrence-queries.ts';
import { OccurrenceWriter } from './occurrence-writer.ts';
import {
  durations,
  importDurations,
  importedDurations,
  lastOutcomes,
  testCounts,
} from './plan-queries.ts';
import { findAttempt, findRun, knownUnits, latestRuns, unitHistory } from './record-queries.ts';
import { raiseSuspicion } from './suspicion.ts';
import { exposures, trips } from './trip-queries.ts';
import { TripWriter } from './trip-writer.ts';
import { Writer } from './writer.ts';

/** The history in an SQLite database whose schema is the current one. */
export class SqliteHistory implements History {
  readonly #db: Database;
  readonly #writer: Writer;
  readonly #tripWriter: TripWriter;
  readonly #occurrenceWriter: OccurrenceWriter;
  readonly #file: string | null;

  /** @param file where the database is, null for one in memory */
  constructor(db: Database, file: string | null) {
    this.#db = db;
    this.#writer = new Writer(db);
    this.#tripWriter = new TripWriter(db);
    this.#occurrenceWriter = new OccurrenceWriter(db);
    this.#file = file;
  }

  beginRun(run: NewRun): number {
    return this.#guarded(() => this.#writer.beginRun(run));
  }

  recordUnits(runId: string, units: readonly UnitResult[]): void {
    this.#guarded(() => this.#writer.recordUnits(runId, units));
  }

  recordTrips(runId: string, first: number, told: readonly Trip[]): void {
    this.#guarded(() => this.#tripWriter.record(runId, first, told));
  }

  recordOccurrences(runId: string, byUnit: ReadonlyMap<string, readonly Occurrence[]>): void {
    this.#guarded(() => this.#occurrenceWriter.record(runId, byUnit));
  }

  finishRun(runId: string, end: RunEnd): void {
    this.#guarded(() => this.#writer.finishRun(runId, end));
  }

  durations(): ReadonlyMap<string, readonly number[]> {
    return this.#guarded(() => durations(this.#db));
  }

  importedDurations(): ReadonlyMap<string, readonly number[]> {
    return this.#guarded(() => importedDurations(this.#db));
  }

  importDurations(source: string, imported: ReadonlyMap<string, readonly number[]>): void {
    this.#guarded(() => importDurations(this.#db, source, imported));
  }

  lastOutcomes(): ReadonlyMap<string, UnitOutcome> {
    return this.#guarded(() => lastOutcomes(this.#db));
  }

  testCounts(): ReadonlyMap<string, number> {
    return this.#guarded(() => testCounts(this.#db));
  }

  runs(limit: number): readonly RunRecord[] {
    return this.#guarded(() => latestRuns(this.#db, limit));
  }

  run(idOrNumber: string | number): RunRecord | null {
    return this.#guarded(() => findRun(this.#db, idOrNumber));
  }

  units(): readonly KnownUnit[] {
    return this.#guarded(() => knownUnits(this.#db));
  }

  unitHistory(idOrPath: string, limit: number): readonly UnitRecord[] {
    return this.#guarded(() => unitHistory(this.#db, idOrPath, limit));
  }

  attempt(idOrPrefix: string): AttemptLookup {
    return this.#guarded(() => findAttempt(this.#db, idOrPrefix));
  }

  flaky(options: { readonly runs: number }): readonly Flake[] {
    return this.#guarded(() => flaky(this.#db, options.runs));
  }

  trips(options: { readonly runs: number }): readonly TripRecord[] {
    return this.#guarded(() => trips(this.#db, options.runs));
  }

  exposures(options: { readonly runs: number }): readonly Exposure[] {
    return this.#guarded(() => exposures(this.#db, options.runs));
  }

  cases(signatures: readonly string[] | null): readonly Case[] {
    return this.#guarded(() => cases(this.#db, signatures));
  }

  occurrences(attemptId: string): readonly Occurrence[] {
    return this.#guarded(() => occurrences(this.#db, attemptId));
  }

  close(): void {
    this.#guarded(() => this.#db.close());
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof SqliteFault ? this.#asUserError(error) : error;
    }
  }

  #asUserError(fault: SqliteFault): PindownError {
    if (this.#file === null) return historyError(':memory:', fault);
    if (fault.kind === 'corrupt') {
      try {
        raiseSuspicion(this.#file, fault.message);
      } catch (error) {
        const message = `${fault.message}; the next start won't check it: ${describeFault(error)}`;
        return historyError(this.#file, new SqliteFault(fault.kind, message, fault));
      }
    }
    return historyError(this.#file, fault);
  }
}
