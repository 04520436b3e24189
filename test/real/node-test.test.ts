import { join } from 'node:path';
import { test } from 'node:test';
import type { Count } from './count.ts';
import { compareCounts, installed } from './real-suite.ts';

/** What its own runner, borp, takes where nothing is said. */
const FILES = 'test/**/*.test.js';
const REPORTER = join(import.meta.dirname, 'summary-reporter.mjs');

test("find-my-way's suite comes to what node --test counts", async (t) => {
  await compareCounts(t, {
    from: { '.': installed('find-my-way') },
    args: ['--framework', 'node-test', FILES],
    async own({ run }) {
      const command = ['--test', `--test-reporter=${REPORTER}`, FILES];
      return readSummaries(await run(process.execPath, command));
    },
  });
});

interface Summary {
  /** Left out in that of the whole run. */
  readonly file?: string;
  readonly counts: Readonly<
    Record<'tests' | 'passed' | 'failed' | 'cancelled' | 'skipped' | 'todo', number>
  >;
}

function readSummaries(output: string): Count {
  const summaries = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Summary);
  const whole = summaries.find(({ file }) => file === undefined);
  if (whole === undefined) throw new Error(`Expected a summary of the whole run, got ${output}`);
  const { passed, failed, cancelled, skipped } = whole.counts;
  const units = summaries.filter(({ file, counts }) => file !== undefined && counts.tests > 0);
  return { units: units.length, passed, failed: failed + cancelled, skipped };
}
