import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeFault, environmentError } from '../../core/errors.ts';
import { BLOB_NAME } from '../../report/blob/format.ts';

/** The reports of a run's directory, for people and for programs. */
export const REPORTS = ['report.json', 'junit.xml', 'ctrf.json'] as const;

/**
 * Copies a run's reports to a directory, and the blob that `pindown merge` takes.
 *
 * @throws PindownError (exit status 6) where that fails
 */
export function copyReports(runDir: string, out: string): void {
  try {
    mkdirSync(out, { recursive: true });
    for (const name of [...REPORTS, BLOB_NAME, 'events.ndjson']) {
      const from = join(runDir, name);
      if (existsSync(from)) copyFileSync(from, join(out, name));
    }
  } catch (error) {
    throw environmentError(
      'out-failed',
      `The reports could not be copied to ${out}: ${describeFault(error)}.`,
      `They are whole in ${runDir}.`,
      error,
    );
  }
}
