import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openSystemCalls } from '../../src/process/native/load-system-calls.ts';
import { type Started, startDirectly } from '../../src/process/start-directly.ts';
import { withDirectory } from '../frameworks/conformance.ts';
import { glibcVersion } from './native/glibc.ts';

const ways = (['node:ffi', 'koffi'] as const).map((via) => openSystemCalls(via));
const skip = ways.every((way) => typeof way === 'string') ? String(ways[1]) : false;

const MODULE = join(import.meta.dirname, '../../src/process/start-directly.ts');
const MODULE_ARGS = ['--input-type=module', '--no-warnings', '-e'];

/** posix_spawn_file_actions_addclosefrom_np(3) came with 2.34. */
const [, minor = 0] = glibcVersion() ?? [];
const closesNone = minor < 34 && 'the C library can close no others';

async function said(
  dir: string,
  command: string,
  args: readonly string[] = [],
  path = process.env['PATH'] ?? '',
): Promise<string> {
  const file = join(dir, 'out');
  const fd = openSync(file, 'w');
  try {
    const started = startDirectly(command, args, {
      cwd: dir,
      env: { PATH: path },
      descriptors: [fd, fd],
    });
    assert.ok(started !== null);
    assert.deepEqual(await started.ended, { exitCode: 0, signal: null });
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function program(dir: string, name: string, text: string, mode = 0o755): string {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, name);
  writeFileSync(file, text, { mode });
  return file;
}

const sh = (script: string): Started => {
  const fd = openSync('/dev/null', 'w');
  try {
    const rest = { cwd: '/', env: { PATH: '/bin:/usr/bin' }, descriptors: [fd, fd] };
    const started = startDirectly('sh', ['-c', script], rest);
    assert.ok(started !== null);
    return started;
  } finally {
    closeSync(fd);
  }
};

describe('a process that is started without a copy of this one', { skip }, () => {
  test('its program is looked for as execvp(3) does', async () => {
    await withDirectory(async (dir) => {
      const [first, second, third] = ['first', 'second', 'third'].map((name) =>
        join(dir, name),
      ) as [string, string, string];
      program(first, 'tool', '#!/bin/sh\necho not executable\n', 0o644);
      program(second, 'tool', '#!/bin/sh\necho second "$@"\n');
      program(third, 'tool', '#!/bin/sh\necho third\n');
      const path = [join(dir, 'gone'), first, second, third].join(delimiter);
      assert.equal(await said(dir, 'tool', ['a', 'b c'], path), 'second a b c\n');
      assert.equal(await said(dir, './third/tool'), 'third\n', 'relative to its own directory');
      assert.equal(await said(third, 'tool', [], `${delimiter}/bin`), 'third\n', 'empty is "."');
      const nowhere = (PATH: string, code: string): void => {
        const rest = { cwd: dir, env: { PATH }, descriptors: [] };
        assert.throws(() => startDirectly('tool', [], rest), { code });
      };
      nowhere(first, 'EACCES');
      nowhere(join(dir, 'gone'), 'ENOENT');
    });
  });

  test('a file of no format that the kernel knows is run by a shell', async () => {
    await withDirectory(async (dir) => {
      program(dir, 'plain', 'echo "$#" "$1"\n');
      assert.equal(await said(dir, './plain', ['an argument']), '1 an argument\n');
    });
  });

  test('what C has no word for is left to Node, which has an error for it', () => {
    const rest = { cwd: '/', env: {}, descriptors: [] };
    assert.equal(startDirectly('true', ['\0'], rest), null);
    assert.equal(startDirectly('', [], rest), null);
    assert.equal(startDirectly('true', [], { ...rest, env: { A: '\0' } }), null);
    assert.equal(startDirectly('true', [], { ...rest, descriptors: [7, 1] }), null);
  });

  test('hundreds end at once, each with its own ending, beside children of Node', async () => {
    const ours = Array.from({ length: 200 }, (_, index) => sh(`exit ${index}`));
    const nodes = Array.from({ length: 20 }, (_, index) => spawn('sh', ['-c', `exit ${index}`]));
    const codes = await Promise.all(
      nodes.map(async (child) => ((await once(child, 'exit')) as [number])[0]),
    );
    assert.deepEqual(codes, [...nodes.keys()]);
    const endings = await Promise.all(ours.map(({ ended }) => ended));
    assert.deepEqual(
      endings,
      ours.map((_, exitCode) => ({ exitCode, signal: null })),
    );
    const killed = sh('kill -ABRT $$');
    assert.equal((await killed.ended).signal, 'SIGABRT');
  });

  test('has none of the descriptors that we were started with', { skip: closesNone }, async () => {
    const code = `
      import { startDirectly } from ${JSON.stringify(MODULE)};
      startDirectly('ls', ['/proc/self/fd'], { cwd: '/', env: { PATH: '/bin:/usr/bin' }, descriptors: [1, 2] });`;
    // Node looks through the first few alone.
    const shell = ['-c', 'exec 200</dev/null "$@"', 'sh', process.execPath, ...MODULE_ARGS, code];
    const { stdout } = await promisify(execFile)('bash', shell);
    // The last is that of the directory itself.
    assert.equal(stdout, '0\n1\n2\n3\n');
  });

  test('the event loop lives as long as it does, and no longer', async () => {
    const code = `
      import { startDirectly } from ${JSON.stringify(MODULE)};
      void startDirectly('sleep', ['0.3'], { cwd: '/', env: { PATH: '/bin:/usr/bin' }, descriptors: [2] }).ended.then((ending) => {
        console.log(JSON.stringify(ending));
      });`;
    const { stdout } = await promisify(execFile)(process.execPath, [...MODULE_ARGS, code]);
    assert.equal(stdout, '{"exitCode":0,"signal":null}\n');
  });
});
