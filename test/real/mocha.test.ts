import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Count } from './count.ts';
import { compareCounts, installed } from './real-suite.ts';

const MOCHA = join(installed('mocha'), 'bin/mocha.js');

test("jsonpath's suite comes to what mocha counts", async (t) => {
  await compareCounts(t, {
    from: { '.': installed('jsonpath') },
    // Its package.json runs "mocha -u tdd test && jshint lib".
    args: [],
    async own({ run, results }) {
      const output = ['--reporter', 'json', '--reporter-option', `output=${results}`];
      await run(process.execPath, [MOCHA, '-u', 'tdd', 'test', ...output]);
      return readResults(readFileSync(results, 'utf8'));
    },
  });
});

interface Results {
  readonly stats: Readonly<Record<'passes' | 'failures' | 'pending', number>>;
  readonly tests: readonly { readonly file: string }[];
}

function readResults(text: string): Count {
  const { stats, tests } = JSON.parse(text) as Results;
  return {
    units: new Set(tests.map(({ file }) => file)).size,
    passed: stats.passes,
    failed: stats.failures,
    skipped: stats.pending,
  };
}
