import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readReport, shellProject } from '../project.ts';
import { runBin } from '../run-bin.ts';
import { type RanUnits, attemptsOf, courseOf } from './run-unit.ts';

const UNIT = 'test/a.test.js';

/** A hook that its first two attempts can't set up, and that says so. */
const READS = `
import { appendFileSync, statSync } from 'node:fs';
import { before, describe, test } from 'node:test';

describe('db', () => {
  before(() => {
    appendFileSync('tries', 'x');
    if (statSync('tries').size === 3) return;
    appendFileSync(process.env.PINDOWN_INFRA_FAILURE_FILE, 'db: no connection\\n');
    throw new Error('connect ECONNREFUSED');
  });
  test('reads', () => {});
});
`;

const FAILS = `test('adds', () => { throw new Error('expected 2, got 3'); });\n`;

async function run(source: string): Promise<RanUnits & { readonly tries: number }> {
  const dir = shellProject({
    'package.json': '{"type": "module", "scripts": {"test": "node --test"}}',
    [UNIT]: source,
  });
  const words = ['run', '--framework', 'node-test', '--out', 'out', '--retries', '0'];
  const ran = await runBin(dir, words);
  const tries = readFileSync(join(dir, 'tries'), 'utf8').length;
  return { ...ran, report: readReport(join(dir, 'out', 'report.json')), tries };
}

describe('an infrastructure that declares its own failure', { concurrency: true }, () => {
  test('has its unit run again, twice', async () => {
    const { status, report, tries } = await run(READS);
    const attempts = attemptsOf(report, UNIT);
    const declared = 'failed by infra-declared';
    assert.deepEqual(courseOf(attempts), [declared, declared, 'passed']);
    assert.match(attempts[0]?.retry?.because ?? '', /db: no connection/);
    assert.equal(tries, 3);
    assert.equal(report.totals.flaky, 0);
    assert.equal(status, 0);
  });

  test('counts for nothing beside a test that failed', async () => {
    const { status, report, tries } = await run(READS + FAILS);
    const attempts = attemptsOf(report, UNIT);
    assert.deepEqual(courseOf(attempts), ['failed']);
    assert.match(
      attempts[0]?.reason ?? '',
      /not excused by infra-declared: "adds" failed, which is a veto/,
    );
    assert.equal(tries, 1);
    assert.equal(status, 1);
  });
});
