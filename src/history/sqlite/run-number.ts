import { environmentError } from '../../core/errors.ts';
import { number, type Statement } from './driver.ts';

export const NUMBER_OF_RUN = 'SELECT number FROM runs WHERE id = ?';

/**
 * The number of a run that was begun.
 *
 * @param numberOfRun {@link NUMBER_OF_RUN}, prepared
 * @throws PindownError `history-unknown-run`
 */
export function runNumber(numberOfRun: Statement, runId: string): number {
  const row = numberOfRun.get(runId);
  if (row !== undefined) return number(row, 'number');
  throw environmentError('history-unknown-run', `The history knows no run ${runId}.`);
}
