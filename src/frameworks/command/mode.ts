import { join } from 'node:path';
import { didYouMean } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import type { Job, Suite } from '../framework.ts';

/** Where a unit's results are read from; `auto` takes the best that is there. */
const RESULTS_MODES = ['auto', 'exit', 'tap', 'junit'] as const;

type ResultsMode = (typeof RESULTS_MODES)[number];

/** What `Suite.data.results` asks for; `auto` where it is not there. */
export function resultsMode(suite: Suite): ResultsMode {
  const { results = 'auto' } = suite.data;
  const mode = RESULTS_MODES.find((known) => known === results);
  if (mode !== undefined) return mode;
  throw usageError(
    'bad-results-mode',
    `Expected "results" of suite "${suite.name}" to be one of ${RESULTS_MODES.join(', ')}, got ${JSON.stringify(results)}.`,
    typeof results === 'string' ? didYouMean(results, RESULTS_MODES) : undefined,
  );
}

/** Where a program may write JUnit XML to; it finds the path in `PINDOWN_JUNIT`. */
export function junitFile(job: Job): string {
  return join(job.dir, 'junit.xml');
}
