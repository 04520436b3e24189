import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { findHolders } from '../../../src/hang/observe/holders.ts';
import { descendantsOf } from '../../../src/process/descendants.ts';
import { plainEnvironment } from '../../plain-environment.ts';

const linux = process.platform === 'linux' ? false : 'there is no /proc';
const root = process.getuid?.() === 0 ? linux : 'only root can start a process as somebody else';

test('finds who has an end of a pipe, and which', { skip: linux }, async () => {
  const child = spawn('sh', ['-c', 'cat | cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    child.stdin.write('x');
    await once(child.stdout, 'data');
    const pids = descendantsOf(child.pid ?? 0).found.map(({ pid }) => pid);
    const [first = 0, second = 0] = pids;
    const target = readlinkSync(`/proc/${first}/fd/1`);
    const ends = findHolders(new Set([target]), process.pid).byTarget.get(target) ?? [];
    assert.deepEqual(
      ends.map(({ pid, fd, readable, writable }) => ({ pid, fd, readable, writable })),
      [
        { pid: first, fd: 1, readable: false, writable: true },
        { pid: second, fd: 0, readable: true, writable: false },
      ],
    );
  } finally {
    child.stdin.end();
    await once(child, 'exit');
  }
});

test('hides who is of the session and may not be read, and leaves init out', { skip: root }, () => {
  const module = new URL('../../../src/hang/observe/holders.ts', import.meta.url).href;
  const script = `import { findHolders } from '${module}';
    console.log(JSON.stringify(findHolders(new Set(), process.pid).hidden));`;
  // A process of root's in the session of one that is nobody's.
  const shell = `sleep 600 & sleeper=$!
    setpriv --reuid=65534 --regid=65534 --clear-groups "$0" --input-type=module -e "$1"
    kill $sleeper; echo $sleeper`;
  const args = ['-c', 'exec setsid -w sh -c "$@"', 'sh', shell, process.execPath, script];
  const said = execFileSync('sh', args, {
    encoding: 'utf8',
    env: plainEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line = '', sleeper = ''] = said.trim().split('\n').slice(-2);
  const hidden: unknown = JSON.parse(line);
  assert.ok(Array.isArray(hidden));
  assert.ok(hidden.includes(Number(sleeper)), `${sleeper} is not among ${line}`);
  assert.ok(!hidden.includes(1), line);
});
