import type { Trip } from '../../core/trip.ts';
import { cut, cutName } from '../cut.ts';
import { type Database, type Statement } from './driver.ts';
import { NUMBER_OF_RUN, runNumber } from './run-number.ts';

/** Writes what changed around the suite. */
export class TripWriter {
  readonly #db: Database;
  readonly #numberOfRun: Statement;
  readonly #find: Statement;
  readonly #insert: Statement;
  readonly #insertUnit: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#numberOfRun = db.prepare(NUMBER_OF_RUN);
    this.#find = db.prepare('SELECT sequence FROM trips WHERE run_number = ? AND position = ?');
    this.#insert = db.prepare(`INSERT INTO trips (run_number, position, at, kind, what, change,
      detail, undone, culprit, process, others)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#insertUnit = db.prepare(
      'INSERT INTO trip_units (trip, position, unit_id) VALUES (?, ?, ?)',
    );
  }

  /** See `History.recordTrips`. */
  record(runId: string, first: number, trips: readonly Trip[]): void {
    this.#db.transaction(() => {
      const run = runNumber(this.#numberOfRun, runId);
      for (const [index, trip] of trips.entries()) this.#record(run, first + index, trip);
    });
  }

  #record(run: number, position: number, trip: Trip): void {
    if (this.#find.get(run, position) !== undefined) return;
    const sequence = this.#insert.run(
      run,
      position,
      trip.at,
      trip.kind,
      cutName(trip.what),
      trip.change,
      trip.detail === null ? null : cut(trip.detail),
      trip.undone ? 1 : 0,
      trip.culprit,
      trip.process === null ? null : JSON.stringify(trip.process),
      trip.others,
    );
    // All of them, however many: one that is left out could no longer be suspected.
    for (const [index, unit] of trip.running.entries()) {
      this.#insertUnit.run(sequence, index, unit);
    }
  }
}
