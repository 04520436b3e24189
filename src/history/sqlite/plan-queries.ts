import { UNIT_OUTCOMES, type UnitOutcome } from '../../core/outcome.ts';
import { DURATION_SAMPLES, WITHOUT_RESULT } from '../history.ts';
import { type Database, number, type Row, text, word } from './driver.ts';
import { quoted } from './quoted.ts';

// For each unit its own short walk down an index: a window function over all attempts would read
// the whole history on every start.

/** See `History.durations`. */
export function durations(db: Database): ReadonlyMap<string, readonly number[]> {
  const latest = db.prepare(`
    SELECT duration_ms, batch_size FROM attempts
    WHERE unit_key = ? AND outcome = 'passed'
    ORDER BY run_number DESC, number DESC LIMIT ${DURATION_SAMPLES}`);
  const found = new Map<string, readonly number[]>();
  for (const unit of db.prepare('SELECT key, id FROM units').each()) {
    const attempts = latest.all(number(unit, 'key'));
    const shared = attempts.filter((attempt) => number(attempt, 'batch_size') > 1);
    const comparable = shared.length > 0 ? shared : attempts;
    if (comparable.length > 0) found.set(text(unit, 'id'), comparable.map(durationOf));
  }
  return found;
}

/** See `History.importedDurations`. */
export function importedDurations(db: Database): ReadonlyMap<string, readonly number[]> {
  const rows = db
    .prepare(`
      SELECT unit_id, position, duration_ms FROM imported_durations
      ORDER BY sequence, unit_id, position`)
    .all();
  const found = new Map<string, number[]>();
  for (const row of rows) {
    const id = text(row, 'unit_id');
    // The first of a newer import takes the place of all that an older one gave.
    if (number(row, 'position') === 0) found.set(id, []);
    found.get(id)?.push(durationOf(row));
  }
  return found;
}

/** See `History.importDurations`. */
export function importDurations(
  db: Database,
  source: string,
  imported: ReadonlyMap<string, readonly number[]>,
): void {
  const insert = db.prepare(`
    INSERT INTO imported_durations (sequence, unit_id, position, duration_ms)
    VALUES (?, ?, ?, ?)`);
  db.transaction(() => {
    db.prepare('DELETE FROM imports WHERE source = ?').run(source);
    const sequence = db.prepare('INSERT INTO imports (source) VALUES (?)').run(source);
    for (const [unitId, samples] of imported) {
      for (const [position, ms] of samples.entries()) insert.run(sequence, unitId, position, ms);
    }
  });
}

/** See `History.lastOutcomes`. */
export function lastOutcomes(db: Database): ReadonlyMap<string, UnitOutcome> {
  const rows = db
    .prepare(`
      SELECT id, (
        SELECT outcome FROM unit_results
        WHERE unit_key = units.key AND outcome NOT IN (${quoted(WITHOUT_RESULT)})
        ORDER BY run_number DESC LIMIT 1) AS outcome
      FROM units WHERE outcome IS NOT NULL`)
    .all();
  return new Map(rows.map((row) => [text(row, 'id'), word(row, 'outcome', UNIT_OUTCOMES)]));
}

/** See `History.testCounts`. */
export function testCounts(db: Database): ReadonlyMap<string, number> {
  const rows = db
    .prepare(`
      SELECT id, (
        SELECT test_count FROM attempts
        WHERE unit_key = units.key AND outcome IN ('passed', 'failed')
        ORDER BY run_number DESC, number DESC LIMIT 1) AS tests
      FROM units WHERE tests IS NOT NULL`)
    .all();
  return new Map(rows.map((row) => [text(row, 'id'), number(row, 'tests')]));
}

function durationOf(row: Row): number {
  return number(row, 'duration_ms');
}
