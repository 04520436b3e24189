import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { withDirectory } from '../conformance.ts';

interface FileRun {
  readonly path: string;
  readonly context: { readonly config: object };
}

interface Reporter {
  onTestFileStart(run: FileRun): void;
  onTestFileResult(run: FileRun, result: object): void;
}

const require = createRequire(import.meta.url);
const recorder = require('../../../src/frameworks/jest/recorder.cjs') as {
  open(job: object): void;
};
const PindownReporter = require('../../../src/frameworks/jest/reporter.cjs') as new (
  globalConfig: object,
  options: { readonly runs: Readonly<Record<string, number>> },
) => Reporter;

test('a file of two projects begins with the first of them and ends with the last', async () => {
  await withDirectory(async (dir) => {
    const resultsFile = join(dir, 'results.ndjson');
    recorder.open({ token: 'a', resultsFile, provisionalFile: join(dir, 'provisional.ndjson') });
    const path = join(dir, 'both.test.js');
    const reporter = new PindownReporter(
      { projects: ['one', 'two'], rootDir: dir },
      { runs: { [path]: 2 } },
    );
    const [one, two] = ['one', 'two'].map((name) => ({
      path,
      context: { config: { displayName: { name } } },
    })) as [FileRun, FileRun];
    const result = {
      testResults: [{ ancestorTitles: ['outer'], title: 'ok', status: 'passed', duration: 1 }],
    };
    reporter.onTestFileStart(one);
    reporter.onTestFileResult(one, result);
    reporter.onTestFileStart(two);
    reporter.onTestFileResult(two, result);
    const records = readFileSync(resultsFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; unit: string; name?: string[] });
    assert.deepEqual(
      records.map(({ type, name }) => [type, name?.join(' > ')]),
      [
        ['unit-begin', undefined],
        ['test', 'one > outer > ok'],
        ['test', 'two > outer > ok'],
        ['unit-end', undefined],
      ],
    );
    assert.ok(records.every(({ unit }) => unit === path));
  });
});
