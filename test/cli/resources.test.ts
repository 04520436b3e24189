import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { acquireLease } from '../../src/lease/acquire-lease.ts';
import { conserved, outcomes, runShell, shellProject } from './project.ts';
import { BIN, binEnvironment, runBin } from './run-bin.ts';

const root = binEnvironment['PINDOWN_LEASE_ROOT'] ?? '';

async function untilWritten(file: string): Promise<number> {
  for (const signal = AbortSignal.timeout(30_000); ;) {
    signal.throwIfAborted();
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (pid > 0) return pid;
    await wait(10);
  }
}

/** Says when it comes and goes; whoever meets another one in there fails. */
const ALONE = 'mkdir inside || exit 1; echo in >> log; sleep 0.1; echo out >> log; rmdir inside';

describe('units that need what others use, too', () => {
  test('hold it one at a time, and hold up nobody who does not need it', async () => {
    const dir = shellProject({
      'pindown.toml': '[resources]\n"one.a" = 1\n[[unit]]\nmatch = ["u/db-*"]\nneeds = ["one.a"]\n',
      'u/db-1.sh': ALONE,
      'u/db-2.sh': ALONE,
      'u/db-3.sh': ALONE,
      'u/free.sh': 'exit 0',
    });
    const { status, report } = await runShell(dir, ['--workers', '3', '--retries', '0']);
    assert.equal(status, 0);
    assert.ok(conserved(report));
    assert.equal(readFileSync(join(dir, 'log'), 'utf8'), 'in\nout\n'.repeat(3));
  });

  test('are told which permit they hold', async () => {
    const dir = shellProject({
      'pindown.toml':
        '[resources]\n"two.x" = 2\n"two.y" = 1\n[[unit]]\nmatch = ["u/a.sh"]\nneeds = ["two.x"]\n[[unit]]\nmatch = ["u/b.sh"]\nneeds = ["two.x", "two.y"]\n',
      'u/a.sh': 'test -n "$PINDOWN_LEASE_TWO_X_SLOT" && test "$PINDOWN_LEASE_TOKEN" -gt 0',
      'u/b.sh': 'test -n "$PINDOWN_LEASE_TWO_Y_TOKEN" && test -z "$PINDOWN_LEASE_SLOT"',
    });
    const { report } = await runShell(dir, ['--retries', '0']);
    assert.deepEqual(outcomes(report), { 'u/a.sh': 'passed', 'u/b.sh': 'passed' });
  });

  test('keep their permit when Pindown is killed, until they have ended', async () => {
    const dir = shellProject({
      'pindown.toml': '[resources]\n"one.c" = 1\n[[unit]]\nmatch = ["u/*"]\nneeds = ["one.c"]\n',
      'u/a.sh': 'echo $$ > pid; exec sleep 600',
    });
    const child = spawn(process.execPath, [BIN, 'run', 'u/*.sh', '--', 'sh', '{unit}'], {
      cwd: dir,
      env: binEnvironment,
      stdio: 'ignore',
    });
    const pid = await untilWritten(join(dir, 'pid'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const orphan = await acquireLease({ key: 'one.c', limit: 1, root });
    assert.equal(orphan.kind, 'blocked');
    process.kill(pid, 'SIGKILL');
    const freed = await acquireLease({ key: 'one.c', limit: 1, root, wait: 30_000 });
    assert.equal(freed.kind, 'acquired');
    if (freed.kind === 'acquired') await freed.release();
  });

  test('are blocked where it is not to be had in time: 6, and how many hold it', async () => {
    const dir = shellProject({
      'pindown.toml':
        '[run]\nlease-wait = "100ms"\n[resources]\n"one.b" = 1\n[[unit]]\nmatch = ["u/db*"]\nneeds = ["one.b"]\n',
      'u/db.sh': 'exit 0',
      'u/free.sh': 'exit 0',
    });
    const held = await acquireLease({ key: 'one.b', limit: 1, root });
    assert.equal(held.kind, 'acquired');
    const { status, report } = await runShell(dir);
    if (held.kind === 'acquired') await held.release();
    assert.deepEqual(outcomes(report), { 'u/db.sh': 'blocked', 'u/free.sh': 'passed' });
    assert.equal(status, 6);
    const reason = report.units.find(({ path }) => path === 'u/db.sh')?.attempts[0]?.reason ?? '';
    assert.match(
      reason,
      /^no lease of one\.b: all permits are taken: 1 holds one, the longest for/,
    );
  });

  test('a need that stands in no [resources]: 2, with the nearest', async () => {
    const dir = shellProject({
      'pindown.toml': '[resources]\npostgres = 1\n[[unit]]\nmatch = ["u/*"]\nneeds = ["postgre"]\n',
      'u/a.sh': '',
    });
    const { status, stderr } = await runBin(dir, ['run', 'u/*.sh', '--', 'sh', '{unit}']);
    assert.equal(status, 2);
    assert.match(stderr, /\[resources\] has no "postgre"\.\n.*Did you mean postgres\?/);
  });
});
