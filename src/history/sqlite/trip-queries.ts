import { type Trip, TRIP_CHANGES, TRIP_KINDS } from '../../core/trip.ts';
import type { Exposure, TripRecord } from '../history.ts';
import { type Database, number, numberOrNull, type Row, text, textOrNull, word } from './driver.ts';
import { RUN_COLUMNS, runRefOf } from './record-queries.ts';

/** The latest runs, by their number; a parameter says how many. */
const LATEST = '(SELECT number FROM runs ORDER BY number DESC LIMIT ?)';

/** See `History.trips`. */
export function trips(db: Database, runs: number): readonly TripRecord[] {
  const units = db.prepare('SELECT unit_id FROM trip_units WHERE trip = ? ORDER BY position');
  return db
    .prepare(`
      SELECT ${RUN_COLUMNS}, trips.* FROM trips JOIN runs ON runs.number = run_number
      WHERE run_number IN ${LATEST} ORDER BY run_number, position`)
    .all(runs)
    .map((row) => {
      const running = units.all(number(row, 'sequence')).map((unit) => text(unit, 'unit_id'));
      return { run: runRefOf(row), trip: tripOf(row, running) };
    });
}

function tripOf(row: Row, running: readonly string[]): Trip {
  const process = textOrNull(row, 'process');
  return {
    kind: word(row, 'kind', TRIP_KINDS),
    what: text(row, 'what'),
    change: word(row, 'change', TRIP_CHANGES),
    detail: textOrNull(row, 'detail'),
    at: numberOrNull(row, 'at'),
    undone: number(row, 'undone') === 1,
    running,
    culprit: textOrNull(row, 'culprit'),
    process: process === null ? null : (JSON.parse(process) as Trip['process']),
    others: number(row, 'others'),
  };
}

/** An attempt's start, milliseconds since the epoch, to the millisecond: 'subsec' since 3.42. */
const STARTED = `round(unixepoch(started_at, 'subsec') * 1000)`;

/**
 * See `History.exposures`. Attempts are found through their unit's result: of a run only those have
 * an index.
 */
export function exposures(db: Database, runs: number): readonly Exposure[] {
  const units = db.prepare(`
    SELECT units.id AS unit_id, sum(attempts.duration_ms) AS ms, count(*) AS attempts
    FROM unit_results
      JOIN attempts USING (unit_key, run_number)
      JOIN units ON units.key = unit_key
    WHERE run_number = ? AND started_at IS NOT NULL
    GROUP BY unit_key`);
  return db
    .prepare(`
      SELECT ${RUN_COLUMNS}, max(${STARTED} + attempts.duration_ms) - min(${STARTED}) AS ms
      FROM runs
        JOIN unit_results ON unit_results.run_number = runs.number
        JOIN attempts USING (unit_key, run_number)
      WHERE runs.number IN ${LATEST} AND runs.info ->> 'watched' AND started_at IS NOT NULL
      GROUP BY runs.number ORDER BY runs.number`)
    .all(runs)
    .map((row) => ({
      run: runRefOf(row),
      ms: number(row, 'ms'),
      units: new Map(
        units
          .all(number(row, 'run_number'))
          .map((unit) => [
            text(unit, 'unit_id'),
            { ms: number(unit, 'ms'), attempts: number(unit, 'attempts') },
          ]),
      ),
    }));
}
