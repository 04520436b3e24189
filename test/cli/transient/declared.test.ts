import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hasModules } from '../../frameworks/pytest/python-suite.ts';
import { readReport, shellProject } from '../project.ts';
import { runBin } from '../run-bin.ts';
import { type RanUnits, attemptsOf, courseOf } from './run-unit.ts';

const UNIT = 'tests/test_a.py';

/** A fixture that its first two attempts can't set up, and that says so. */
const CONFTEST = `
import os, pytest

@pytest.fixture
def db():
    with open("tries", "a") as tries:
        tries.write("x")
    if os.path.getsize("tries") < 3:
        with open(os.environ["PINDOWN_INFRA_FAILURE_FILE"], "a") as failures:
            failures.write("db: no connection\\n")
        raise ConnectionRefusedError("db")
`;

const READS = 'def test_reads(db):\n    pass\n';
const FAILS = 'def test_adds():\n    assert 1 + 1 == 3\n';

async function run(tests: string): Promise<RanUnits & { readonly tries: number }> {
  const dir = shellProject({
    'pytest.ini': '[pytest]\naddopts = -p no:hypothesispytest -p no:benchmark\n',
    'conftest.py': CONFTEST,
    [UNIT]: tests,
  });
  const words = ['run', '--framework', 'pytest', '--out', 'out', '--retries', '0'];
  const ran = await runBin(dir, words);
  const tries = readFileSync(join(dir, 'tries'), 'utf8').length;
  return { ...ran, report: readReport(join(dir, 'out', 'report.json')), tries };
}

const installed = await hasModules(['pytest']);

describe(
  'an infrastructure that declares its own failure',
  { skip: !installed && 'no pytest' },
  () => {
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
        /not excused by infra-declared: .*test_adds.* is a veto/,
      );
      assert.equal(tries, 1);
      assert.equal(status, 1);
    });
  },
);
