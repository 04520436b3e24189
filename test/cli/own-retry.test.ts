import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { scratchDirectory } from '../report/scratch.ts';
import { outcomes, readReport } from './project.ts';
import { type Ran, runBin } from './run-bin.ts';

const scratch = scratchDirectory();

const SUITE = `
let tries = 0;
it('wavers', function () {
  this.retries(1);
  if (++tries < 2) throw new Error('the first try');
});
it('stands', () => {});
`;

describe("a test that passed only by its framework's own retry", () => {
  let dir: string;
  let ran: Ran;

  before(async () => {
    dir = mkdtempSync(join(scratch, 'project-'));
    mkdirSync(join(dir, 'test'));
    writeFileSync(join(dir, 'package.json'), '{"scripts": {"test": "mocha"}}');
    writeFileSync(join(dir, 'test/a.js'), SUITE);
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(dir, 'node_modules'), 'dir');
    ran = await pindown('run', '--fail-on', 'flaky', '--out', 'out');
  });

  async function pindown(...args: string[]): Promise<Ran> {
    const { status, stdout, stderr } = await runBin(dir, args);
    return { status, stdout: stripVTControlCharacters(stdout), stderr };
  }

  const out = (name: string): string => readFileSync(join(dir, 'out', name), 'utf8');

  test('makes its unit flaky, in one attempt', () => {
    const report = readReport(join(dir, 'out/report.json'));
    assert.equal(ran.status, 3, ran.stderr);
    assert.deepEqual(outcomes(report), { 'test/a.js': 'flaky' });
    const [attempt, ...others] = report.units[0]?.attempts ?? [];
    assert.deepEqual(others, []);
    assert.match(attempt?.reason ?? '', /"wavers" failed before the framework tried again/);
    assert.match(attempt?.tests[0]?.failedTries?.[0] ?? '', /Error: the first try/);
  });

  test('is shown with what it had failed with on the last screen', () => {
    assert.match(ran.stdout, /flaky test\/a\.js > wavers\n.*Error: the first try/);
  });

  test('is a flakyFailure in JUnit', () => {
    assert.match(
      out('junit.xml'),
      /name="wavers"[^>]*><flakyFailure message="Error: the first try"/,
    );
  });

  test('is flaky in CTRF, its tries before it', () => {
    const { results } = JSON.parse(out('ctrf.json')) as {
      results: { tests: { name: string; flaky?: boolean; retries: number }[] };
    };
    assert.deepEqual(
      results.tests.map(({ name, flaky = false, retries }) => [name, flaky, retries]),
      [
        ['wavers', true, 1],
        ['stands', false, 0],
      ],
    );
  });

  test('is ranked by pindown flaky, and its tries are in the report that it names', async () => {
    const { stdout } = await pindown('flaky');
    assert.match(stdout, /1 of 1 +1 of 2 .*test\/a\.js > wavers$/m);
    const [, ...command] = /pindown (show) (\S+)$/m.exec(stdout) ?? [];
    const shown = await pindown(...command);
    assert.match(shown.stdout, /passed wavers.*\n +try 1 failed\n.*Error: the first try/);
  });
});
