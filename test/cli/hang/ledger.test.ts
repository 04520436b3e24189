import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateDirectory } from '../../../src/run/state-directory.ts';
import { openForTest } from '../../history/sqlite/open-for-test.ts';
import { runShell, shellProject } from '../project.ts';

/** Waits for itself, behind as many descriptors as it is told. */
const READS = `
import os, sys
for _ in range(int(sys.argv[1])): os.open('/dev/null', os.O_RDONLY)
r, w = os.pipe()
os.read(r, 1)
`;

/** Opens a FIFO that nobody else opens. */
const OPENS = `
import os, sys
os.mkfifo(sys.argv[1])
open(sys.argv[1])
`;

test('hangs of one signature are one case, those of another class or another root are others', async () => {
  const dir = shellProject({ 'reads.py': READS, 'opens.py': OPENS, 'u/stuck.sh': '' });
  const classes: string[] = [];
  const attempts: string[] = [];
  for (const script of ['reads.py 0', 'reads.py 7', 'opens.py to-a', 'opens.py to-b']) {
    writeFileSync(join(dir, 'u', 'stuck.sh'), `exec python3 ${script}\n`);
    const { status, report } = await runShell(dir, ['--timeout', '1200ms']);
    assert.equal(status, 5);
    const attempt = report.units[0]?.attempts[0];
    classes.push(attempt?.verdict?.class ?? '');
    attempts.push(attempt?.id ?? '');
  }
  assert.deepEqual(classes, [
    'read-self-held-writer',
    'read-self-held-writer',
    'fifo-without-partner',
    'fifo-without-partner',
  ]);
  const history = openForTest(stateDirectory(dir).historyFile);
  const met = attempts.flatMap((id) => history.occurrences(id).map(({ signature }) => signature));
  assert.equal(met.length, 4);
  assert.equal(met[0], met[1]);
  assert.equal(new Set(met).size, 3);
  const cases = history.cases([...new Set(met)]);
  history.close();
  const counts = cases.map(({ times, runs }) => `${times} in ${runs}`);
  assert.deepEqual(counts.toSorted(), ['1 in 1', '1 in 1', '2 in 2']);
});
