import { copyFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeFault,
  environmentError,
  type PindownError,
  remedyFor,
} from '../../core/errors.ts';
import { BLOB_NAME } from '../../report/blob/format.ts';
import { makeDirectory } from './make-directory.ts';

/** The reports of a run's directory, for people and for programs. */
export const REPORTS = ['report.json', 'junit.xml', 'ctrf.json'] as const;

const COPIED: readonly string[] = [...REPORTS, BLOB_NAME, 'events.ndjson'];

/** Of the reports in a run's directory, those that are there; absolute. */
export function presentReports(runDir: string): string[] {
  return REPORTS.map((name) => join(runDir, name)).filter(
    (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true,
  );
}

/**
 * Copies a run's reports to a directory, and the blob that `pindown merge` takes. Each is there
 * whole or not at all; none of an earlier run stays beside them.
 *
 * @throws PindownError (exit status 6) where one of them could not be copied; the others were
 */
export function copyReports(runDir: string, out: string): void {
  try {
    makeDirectory(out);
  } catch (error) {
    throw notCopied(COPIED, error, { runDir, out });
  }
  const left: string[] = [];
  let first: unknown = null;
  for (const name of COPIED) {
    try {
      replace(join(runDir, name), join(out, name));
    } catch (error) {
      left.push(name);
      first ??= error;
    }
  }
  if (left.length > 0) throw notCopied(left, first, { runDir, out });
}

function replace(from: string, to: string): void {
  rmSync(to, { force: true });
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    copyFileSync(from, temporary);
    renameSync(temporary, to);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function notCopied(
  names: readonly string[],
  error: unknown,
  { runDir, out }: { readonly runDir: string; readonly out: string },
): PindownError {
  return environmentError(
    'out-failed',
    `${names.join(', ')} could not be copied to ${out}: ${describeFault(error)}.`,
    `${remedyFor(error)} What was written of the run is in ${runDir}.`,
    error,
  );
}
