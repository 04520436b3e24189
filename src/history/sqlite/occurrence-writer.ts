import { cut, cutName } from '../cut.ts';
import type { Occurrence } from '../occurrence.ts';
import { type Database, number, type Statement } from './driver.ts';
import { NUMBER_OF_RUN, runNumber } from './run-number.ts';

/** Writes the failures of a run with their signatures. */
export class OccurrenceWriter {
  readonly #db: Database;
  readonly #numberOfRun: Statement;
  readonly #clear: Statement;
  readonly #insert: Statement;
  readonly #findSignature: Statement;
  readonly #insertSignature: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#numberOfRun = db.prepare(NUMBER_OF_RUN);
    this.#clear = db.prepare('DELETE FROM occurrences WHERE run_number = ? AND unit_id = ?');
    this.#insert = db.prepare(`INSERT INTO occurrences (run_number, unit_id, position,
      signature_key, kind, path, attempt_id, test, occurrence, gotcha)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#findSignature = db.prepare('SELECT key FROM signatures WHERE id = ?');
    this.#insertSignature = db.prepare('INSERT INTO signatures (id, text) VALUES (?, ?)');
  }

  /** See `History.recordOccurrences`. */
  record(runId: string, byUnit: ReadonlyMap<string, readonly Occurrence[]>): void {
    this.#db.transaction(() => {
      const run = runNumber(this.#numberOfRun, runId);
      for (const [unitId, occurrences] of byUnit) {
        this.#clear.run(run, unitId);
        for (const [position, occurrence] of occurrences.entries()) {
          this.#record(run, unitId, position, occurrence);
        }
      }
    });
  }

  #record(run: number, unitId: string, position: number, occurrence: Occurrence): void {
    const { kind, path, attemptId, test, gotcha } = occurrence;
    this.#insert.run(
      run,
      unitId,
      position,
      this.#signatureKey(occurrence),
      kind,
      path,
      attemptId,
      test === null ? null : cutName(test.name),
      test?.occurrence ?? null,
      gotcha,
    );
  }

  #signatureKey({ signature, text }: Occurrence): number {
    const known = this.#findSignature.get(signature);
    if (known !== undefined) return number(known, 'key');
    return this.#insertSignature.run(signature, cut(text));
  }
}
