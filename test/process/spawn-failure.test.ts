import assert from 'node:assert/strict';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Fault } from '../../src/core/fault.ts';
import { spawnChild } from '../../src/process/spawn.ts';
import { SpawnFailure } from '../../src/process/spawn-failure.ts';
import { withDirectory } from '../frameworks/conformance.ts';

async function refusal(
  dir: string,
  argv: readonly [string, ...string[]],
  cwd = dir,
): Promise<{ fault: Fault; message: string }> {
  try {
    await spawnChild({
      argv,
      cwd,
      env: { PATH: process.env['PATH'] ?? '' },
      stdoutFile: join(dir, 'stdout.log'),
      stderrFile: join(dir, 'stderr.log'),
      within: (start) => start(),
    });
  } catch (error) {
    assert.ok(error instanceof SpawnFailure, String(error));
    return error;
  }
  assert.fail('it was started');
}

const script = (dir: string, text: string, mode = 0o755): string => {
  const file = join(dir, 'program');
  writeFileSync(file, text, { mode });
  return file;
};

describe('a process that could not be started', () => {
  test('its program is on no PATH', async () => {
    await withDirectory(async (dir) => {
      const { fault, message } = await refusal(dir, ['no-such-program-here']);
      assert.deepEqual(fault, { code: 'ENOENT', call: 'spawn', path: 'no-such-program-here' });
      assert.match(message, /there is no program "no-such-program-here" on PATH/);
    });
  });

  test('its program is not there: named as the file it would have been', async () => {
    await withDirectory(async (dir) => {
      const { fault } = await refusal(dir, ['./gone']);
      assert.deepEqual(fault, { code: 'ENOENT', call: 'spawn', path: join(dir, 'gone') });
    });
  });

  test('its working directory is not there', async () => {
    await withDirectory(async (dir) => {
      const { fault, message } = await refusal(dir, [process.execPath], join(dir, 'gone'));
      assert.deepEqual(fault, { code: 'ENOENT', call: 'spawn', path: join(dir, 'gone') });
      assert.match(message, /its working directory .* is not there/);
    });
  });

  test('its interpreter is not there: not the program is at fault', async () => {
    await withDirectory(async (dir) => {
      const program = script(dir, '#!/no/such/interpreter -x\n');
      const { fault, message } = await refusal(dir, [program]);
      assert.deepEqual(fault, { code: 'ENOENT', call: 'spawn', path: '/no/such/interpreter' });
      assert.match(message, /the interpreter that .* names is not there/);
    });
  });

  test('it may not be executed', async () => {
    await withDirectory(async (dir) => {
      const program = script(dir, '#!/bin/sh\n', 0o644);
      const { fault } = await refusal(dir, [program]);
      assert.deepEqual(fault, { code: 'EACCES', call: 'spawn', path: program });
    });
  });

  test('somebody holds it open for writing', { skip: process.platform !== 'linux' }, async () => {
    await withDirectory(async (dir) => {
      const program = script(dir, '#!/bin/sh\n');
      const writer = openSync(program, 'a');
      const { fault } = await refusal(dir, [program]);
      closeSync(writer);
      assert.deepEqual(fault, { code: 'ETXTBSY', call: 'spawn', path: program });
    });
  });

  test('not the start but a file for its output is refused', async () => {
    await withDirectory(async (dir) => {
      writeFileSync(join(dir, 'stdout.log'), '');
      const { fault } = await refusal(dir, [process.execPath]);
      assert.deepEqual(fault, { code: 'EEXIST', call: 'open', path: join(dir, 'stdout.log') });
    });
  });
});
