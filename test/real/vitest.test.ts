import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readJestResults } from './jest-results.ts';
import { compareCounts, installed } from './real-suite.ts';

const VITEST = join(installed('vitest'), 'vitest.mjs');
/** A part of its suite; all of it takes minutes. */
const PART = 'src/v4/mini';

test("the suite of Zod's mini comes to what vitest counts", async (t) => {
  await compareCounts(t, {
    from: { '.': installed('zod') },
    args: ['--framework', 'vitest', PART],
    async own({ run, results }) {
      const output = ['--reporter=json', `--outputFile=${results}`];
      await run(process.execPath, [VITEST, 'run', PART, ...output]);
      return readJestResults(readFileSync(results, 'utf8'));
    },
  });
});
