import type { Ending } from '../../core/ending.ts';
import { tailOf } from '../../core/file-ends.ts';
import type { Collected, Job, JobOutput } from '../framework.ts';
import { projectLocation } from '../project-path.ts';
import { collectSingle } from '../records.ts';

/** pytest's exit status for arguments, an ini file or a conftest.py that it refuses. */
const USED_WRONGLY = 4;

/** How much of pytest's refusal is kept, in bytes from the end of stderr. */
const REFUSAL_BYTES = 8_192;

/** What the job's one unit reported. */
export async function collect(
  job: Job,
  output: JobOutput,
): Promise<ReadonlyMap<string, Collected>> {
  const [unit] = job.units;
  if (unit === undefined) return new Map();
  const reported = await collectSingle(job.resultsFile, job.token, () => true);
  const errors =
    output.ending.exitCode === USED_WRONGLY && reported.errors.length === 0
      ? [refusal(output.stderrFile)]
      : reported.errors;
  const tests = reported.tests.map((test) => ({
    ...test,
    location: projectLocation(job.suite.projectRoot, test.location),
  }));
  const collected = { ...reported, errors, tests };
  return new Map([[unit.id, { ...collected, exitAgrees: agrees(collected, output.ending) }]]);
}

/** https://docs.pytest.org/en/stable/reference/exit-codes.html */
function agrees({ tests, errors }: Collected, ending: Ending): boolean {
  const failed = tests.some((test) => test.outcome === 'failed' || test.outcome === 'errored');
  switch (ending.exitCode) {
    case 0: // all passed
      return !failed && errors.length === 0;
    case 1: // some failed
      return failed || errors.length > 0;
    case 2: // interrupted, which a file that can't be collected counts as
    case 3: // pytest failed itself
    case USED_WRONGLY:
      return errors.length > 0;
    case 5: // no test collected; a module that skips itself is none
      return errors.length === 0 && tests.every((test) => test.outcome === 'skipped');
    default:
      return false;
  }
}

/** Before it begins, pytest has no hook to say what it refuses: its words stand on stderr alone. */
function refusal(stderrFile: string): string {
  return `pytest refused to begin:\n${tailOf(stderrFile, REFUSAL_BYTES).toString().trim()}`;
}
