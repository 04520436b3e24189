import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { SystemCalls } from '../../../src/process/native/system-calls.ts';

const HOLD_LOCK = join(import.meta.dirname, 'programs', 'hold-lock.ts');

/** What every way to the system calls does with locks of open files. */
export function lockConformance(calls: SystemCalls): void {
  describe('locks of open files', () => {
    const directory = mkdtempSync(join(tmpdir(), 'pindown-lock-'));
    const file = join(directory, 'lock');
    writeFileSync(file, '');
    after(() => rmSync(directory, { recursive: true }));

    test('exclude each other between two opens in one process', () => {
      const [one, two] = [openSync(file, 'r+'), openSync(file, 'r+')];
      assert.equal(calls.openFileLock(one, 'exclusive'), 'locked');
      assert.equal(calls.openFileLock(one, 'exclusive'), 'locked', 'its own is not in the way');
      assert.equal(calls.openFileLock(two, 'exclusive'), 'busy');
      assert.equal(calls.openFileLock(two, 'shared'), 'busy');
      calls.openFileUnlock(one);
      assert.equal(calls.openFileLock(two, 'exclusive'), 'locked');
      closeSync(two);
      assert.equal(calls.openFileLock(one, 'exclusive'), 'locked', 'closed is given back');
      closeSync(one);
    });

    test('shared ones go together', () => {
      const [one, two] = [openSync(file, 'r+'), openSync(file, 'r+')];
      assert.equal(calls.openFileLock(one, 'shared'), 'locked');
      assert.equal(calls.openFileLock(two, 'shared'), 'locked');
      assert.equal(calls.openFileLock(one, 'exclusive'), 'busy');
      calls.openFileUnlock(two);
      assert.equal(calls.openFileLock(one, 'exclusive'), 'locked', 'raised');
      assert.equal(calls.openFileLock(two, 'shared'), 'busy');
      assert.equal(calls.openFileLock(one, 'shared'), 'locked', 'lowered');
      assert.equal(calls.openFileLock(two, 'shared'), 'locked');
      for (const fd of [one, two]) closeSync(fd);
    });

    test('cover what is written later', () => {
      const [one, two] = [openSync(file, 'r+'), openSync(file, 'r+')];
      assert.equal(calls.openFileLock(one, 'exclusive'), 'locked');
      writeFileSync(one, 'longer');
      assert.equal(calls.openFileLock(two, 'exclusive'), 'busy');
      for (const fd of [one, two]) closeSync(fd);
    });

    test('exclude another process, and end with a holder that is killed', async () => {
      const fd = openSync(file, 'r+');
      const holder = await holdLock('exclusive', 'locked');
      assert.equal(calls.openFileLock(fd, 'exclusive'), 'busy');
      const late = await holdLock('shared', 'busy');
      await killed(holder);
      assert.equal(calls.openFileLock(fd, 'exclusive'), 'locked');
      await killed(late);
      closeSync(fd);
    });

    test("are seen by one who only looks, and who is in nobody's way", () => {
      const [one, two] = [openSync(file, 'r+'), openSync(file, 'r')];
      assert.equal(calls.isFileLocked(two), false);
      assert.equal(calls.openFileLock(one, 'exclusive'), 'locked');
      assert.equal(calls.isFileLocked(two), true);
      assert.equal(calls.isFileLocked(one), false, 'its own is not in the way');
      calls.openFileUnlock(one);
      assert.equal(calls.openFileLock(one, 'shared'), 'locked');
      assert.equal(calls.isFileLocked(two), true, 'a shared one, too');
      for (const fd of [one, two]) closeSync(fd);
      assert.throws(() => calls.isFileLocked(-1), { code: 'EBADF', syscall: 'fcntl' });
    });

    test('say by their errno what else is wrong', () => {
      const readOnly = openSync(file, 'r');
      const fault = { name: 'SystemCallError', code: 'EBADF', syscall: 'fcntl' };
      assert.throws(() => calls.openFileLock(readOnly, 'exclusive'), fault);
      assert.equal(calls.openFileLock(readOnly, 'shared'), 'locked');
      closeSync(readOnly);
      assert.throws(() => calls.openFileUnlock(readOnly), fault);
    });

    async function holdLock(kind: 'exclusive' | 'shared', expected: string): Promise<ChildProcess> {
      const args = [HOLD_LOCK, calls.via, file, kind];
      const holder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const [said] = (await once(holder.stdout.setEncoding('utf8'), 'data')) as [string];
      assert.equal(said.trim(), expected);
      return holder;
    }
  });
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
