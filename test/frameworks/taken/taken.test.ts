import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readTaken, takeCommand } from '../../../src/frameworks/taken/taken.ts';
import { withDirectory } from '../conformance.ts';

/** What the tool was started with, and what it gives on. */
const GIVEN = { PATH: process.env['PATH'] ?? '', KEPT: 'same', CHANGED: 'before', GONE: 'x' };
const PASSED = {
  PATH: GIVEN.PATH,
  KEPT: 'same',
  CHANGED: 'two\nlines=',
  NEW: '',
};

/** Starts a binary the way a build tool does that was told to use the script. */
function start(
  how: 'copy' | 'leave',
  directory: string,
  binary: string,
  args: readonly string[],
): string {
  const [program = '', ...words] = takeCommand(how, directory);
  const { status, stdout, stderr } = spawnSync(program, [...words, binary, ...args], {
    cwd: join(binary, '..'),
    env: PASSED,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

describe('a start that is taken down', () => {
  test('is the directory, the binary, its arguments and what changed in the environment', async () => {
    await withDirectory(async (root) => {
      const taken = join(root, 'taken here');
      await mkdir(taken);
      const binary = join(root, 'a.test');
      await writeFile(binary, 'the binary');
      const args = ['-x=1', '', 'two\nlines', "it's", '数'];
      const printed = start('leave', taken, binary, args);
      const [one, ...more] = await readTaken(taken, GIVEN);
      assert.ok(one);
      assert.deepEqual(more, []);
      assert.equal(printed, `taken: ${one.name}\n`);
      assert.deepEqual([one.cwd, one.binary, one.args], [root, binary, args]);
      assert.deepEqual(one.env, { CHANGED: 'two\nlines=', NEW: '', GONE: null, PWD: root });
    });
  });

  test('brings the binary along where the tool would delete it', async () => {
    await withDirectory(async (root) => {
      const taken = join(root, 'taken');
      await mkdir(taken);
      const binary = join(root, 'a.test');
      await writeFile(binary, 'the binary', { mode: 0o755 });
      start('copy', taken, binary, []);
      await rm(binary);
      const [one] = await readTaken(taken, GIVEN);
      assert.ok(one);
      assert.equal(one.binary, join(taken, one.name, 'a.test'));
      assert.equal(await readFile(one.binary, 'utf8'), 'the binary');
    });
  });

  test('holds nothing that the shell set, or Pindown for its listing', async () => {
    await withDirectory(async (root) => {
      await mkdir(join(root, 'take.1'));
      await writeFile(join(root, 'take.1', 'argv'), '/cwd\0/bin/true\0');
      await writeFile(
        join(root, 'take.1', 'env'),
        '_=/usr/bin/env\0SHLVL=2\0OLDPWD=/\0A=b\0PINDOWN_ATTEMPT_ID=list\0',
      );
      const [one] = await readTaken(root, { PINDOWN_RUN_ID: 'outer' });
      assert.deepEqual(one?.env, { A: 'b' });
    });
  });
});
