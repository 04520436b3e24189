import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { HangJson } from '../../../src/hang/report/json.ts';
import { hasModules } from '../../frameworks/pytest/python-suite.ts';
import { outcomes, runShell, shellProject } from '../project.ts';
import { noticesOf } from '../public-cases/git-case.ts';
import { runBin } from '../run-bin.ts';

const noPytest = !(await hasModules(['pytest'])) && 'no pytest';

/** Waits for itself: both ends of the pipe are its own. */
const STUCK = 'import os\nr, w = os.pipe()\nos.read(r, 1)\n';

const AFTER = '[hang]\nafter = "1s"\n';

const step = (settings: string): string =>
  `${AFTER}[[setup]]\nname = "db"\ncommand = ["python3", "stuck.py"]\n${settings}`;

/** The page that a message names, and what lies beside it for programs. */
function evidenceIn(message: string): HangJson {
  const page = /\((\/[^ ()]+\/hang\.md)\)/.exec(message)?.[1] ?? '';
  assert.ok(existsSync(page), message);
  return JSON.parse(readFileSync(join(dirname(page), 'hang.json'), 'utf8')) as HangJson;
}

describe('a listing that stalls', { concurrency: true, skip: noPytest }, () => {
  const files = {
    'pindown.toml': AFTER,
    'pytest.ini': '[pytest]\n',
    'conftest.py': STUCK,
    'test_a.py': 'def test_a(): pass\n',
  };

  test('ends long before its limit; the error says what it waited for and where that is kept', async () => {
    const dir = shellProject(files);
    const { status, stderr } = await runBin(dir, ['run']);
    assert.equal(status, 6);
    assert.match(stderr, /did not come to its end: read-self-held-writer: pid \d+ reads/);
    assert.equal(evidenceIn(stderr).proven, true);
    // No run came of it.
    assert.deepEqual(readdirSync(join(dir, '.pindown', 'runs')), []);
  });

  test('so does that of pindown list', async () => {
    const { status, stderr } = await runBin(shellProject(files), ['list']);
    assert.equal(status, 6);
    assert.equal(evidenceIn(stderr).proven, true);
  });
});

describe('a [[setup]] that stalls', { concurrency: true }, () => {
  test('ends long before its limit, and what it waited for is why no unit was run', async () => {
    const dir = shellProject({ 'pindown.toml': step(''), 'stuck.py': STUCK, 'u/a.sh': '' });
    const { status, report } = await runShell(dir);
    assert.equal(status, 6);
    assert.deepEqual(outcomes(report), { 'u/a.sh': 'cancelled' });
    assert.ok(!noticesOf(dir, report).some(({ code }) => code === 'set-up-again'));
    const why = report.run.stopped ?? '';
    assert.match(why, /the set-up step db failed: it hangs.*; it waited: read-self-held-writer/);
    assert.equal(evidenceIn(why).proven, true);
  });

  test('one that is over its limit first, and is proven to hang then, is not done again', async () => {
    const toml = step('within = "1s"\n').replace(AFTER, '');
    const dir = shellProject({ 'pindown.toml': toml, 'stuck.py': STUCK, 'u/a.sh': '' });
    const { status, report } = await runShell(dir);
    assert.equal(status, 6);
    assert.match(report.run.stopped ?? '', /within 1000 ms; it waited: read-self-held-writer/);
    assert.ok(!noticesOf(dir, report).some(({ code }) => code === 'set-up-again'));
  });

  test('one that only sleeps past its limit is looked at, too', async () => {
    const dir = shellProject({
      'pindown.toml': step('within = "700ms"\n'),
      'stuck.py': 'import time\ntime.sleep(600)\n',
      'u/a.sh': '',
    });
    const { report } = await runShell(dir);
    const why = report.run.stopped ?? '';
    assert.match(why, /it had not ended within 700 ms; it waited: /);
    assert.equal(evidenceIn(why).proven, false);
  });
});
