import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { join } from 'node:path';
import type { Attempt } from '../../../src/core/attempt.ts';
import { hasModules } from '../../frameworks/pytest/python-suite.ts';
import { outcomes, readReport, shellProject } from '../project.ts';
import { runBin } from '../run-bin.ts';
import { hangOf } from './running.ts';

const TIMEOUT = ['--retries', '0', '--timeout', '6s'];

const noPytest = !(await hasModules(['pytest'])) && 'no pytest';

async function firstAttempt(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly attempt: Attempt; readonly place: string | null }> {
  const dir = shellProject(files);
  const { status, stderr } = await runBin(dir, ['run', '--out', 'out', ...TIMEOUT]);
  assert.equal(status, 5, stderr);
  const report = readReport(join(dir, 'out', 'report.json'));
  assert.deepEqual(Object.values(outcomes(report)), ['hung']);
  const [attempt] = report.units[0]?.attempts ?? [];
  assert.ok(attempt);
  return { attempt, place: hangOf(dir, report, attempt).verdict.root?.place ?? null };
}

const NODE = { 'package.json': '{"type": "module", "scripts": {"test": "node --test"}}' };
const SERVER = `
import { createServer } from 'node:net';
import test from 'node:test';
test('opens a server', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
});
`;

describe('all tests are over, and the process stays', { concurrency: true }, () => {
  test('a server in node:test: named, with its address', async () => {
    const { attempt, place } = await firstAttempt({ ...NODE, 'a.test.js': SERVER });
    assert.equal(attempt.verdict?.class, 'exit-blocked');
    assert.match(attempt.verdict.summary, /the server at .*127\.0\.0\.1/);
    assert.match(place ?? '', /127\.0\.0\.1/);
    assert.deepEqual(
      attempt.tests.map(({ outcome }) => outcome),
      ['passed'],
    );
  });

  test('a test that has not ended is no such thing, whatever is open beside it', async () => {
    const { attempt } = await firstAttempt({
      ...NODE,
      'a.test.js': `${SERVER}test('hangs', () => new Promise(() => {}));\n`,
    });
    assert.notEqual(attempt.verdict?.class, 'exit-blocked');
  });

  test('a thread in pytest: named', { skip: noPytest }, async () => {
    const { attempt } = await firstAttempt({
      'pytest.ini': '[pytest]\n',
      'test_a.py': `
import threading
def test_starts_a_thread():
    threading.Thread(target=threading.Event().wait).start()
`,
    });
    assert.equal(attempt.verdict?.class, 'exit-blocked');
    assert.match(attempt.verdict.summary, /its thread \d+/);
  });
});
