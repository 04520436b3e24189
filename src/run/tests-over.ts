import { fileSize, tailOf } from '../core/file-ends.ts';
import { parseRecord } from '../frameworks/records.ts';

/** The last record is short where it says that nothing is open; a longer one says something else. */
const TAIL_BYTES = 1024;

/**
 * Whether the last that a process has told is that no test is open: the framework's end, or that it
 * rests. Null where it tells nothing while it runs, as where its results are read from its output.
 *
 * @param token of the process; what another one wrote counts for nothing
 */
export function areTestsOver(resultsFile: string, token: string): boolean | null {
  if (fileSize(resultsFile) === 0) return null;
  const last = tailOf(resultsFile, TAIL_BYTES).toString().trimEnd().split('\n').at(-1) ?? '';
  const parsed = parseRecord(last, token);
  return 'record' in parsed && (parsed.record.type === 'end' || parsed.record.type === 'rest');
}
