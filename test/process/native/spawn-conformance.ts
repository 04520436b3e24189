import assert from 'node:assert/strict';
import { chmodSync, closeSync, openSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { PosixSpawn, SpawnRequest } from '../../../src/process/native/posix-spawn.ts';
import type { SystemCalls } from '../../../src/process/native/system-calls.ts';
import { readProcStat } from '../../../src/process/proc-stat.ts';
import { withDirectory } from '../../frameworks/conformance.ts';
import { reap } from './orphans.ts';

/** What every way to the system calls starts, and how. */
export function spawnConformance(calls: SystemCalls): void {
  describe('a process started by posix_spawn', () => {
    const spawn = calls.posixSpawn();
    if (spawn === null) {
      test('is not to be had', { skip: 'the C library lacks a function' }, () => undefined);
      return;
    }

    test('gets the arguments, the environment and the directory, byte by byte', async () => {
      await withDirectory(async (dir) => {
        const odd = 'naïve "quotes" \n\t$HOME \u{1F600}';
        const said = await output(calls, spawn, dir, {
          file: '/bin/sh',
          argv: ['another name', '-c', 'printf "%s|" "$0" "$@"; pwd; env', '', odd, ''],
          env: { FIRST: odd, EMPTY: '' },
        });
        const [args, ...variables] = said.trimEnd().split(`${dir}\n`);
        assert.equal(args, `|${odd}||`);
        assert.match(variables.join(''), /^EMPTY=$/m);
        assert.ok(variables.join('').includes(`FIRST=${odd}\n`), said);
      });
    });

    test('leads a session of its own, with nothing open but what it was given', async () => {
      await withDirectory(async (dir) => {
        const more = openSync(join(dir, 'more'), 'w');
        const [pid, close] = begin(spawn, dir, {
          file: '/bin/sleep',
          argv: ['sleep', '600'],
          more: [more],
        });
        const stat = readProcStat(pid);
        assert.deepEqual([stat?.session, stat?.group, stat?.parent], [pid, pid, process.pid]);
        const fds = (name: string): string => readlinkSync(`/proc/${pid}/fd/${name}`);
        assert.equal(fds('0'), '/dev/null');
        assert.deepEqual([fds('1'), fds('2'), fds('3')], [out(dir), out(dir), join(dir, 'more')]);
        assert.throws(() => fds('4'), { code: 'ENOENT' });
        process.kill(pid, 'SIGKILL');
        assert.deepEqual(await reap(calls, pid), { exitCode: null, signal: 'SIGKILL' });
        close();
        closeSync(more);
      });
    });

    test('has every signal as it is by default and none blocked, whatever we ignore', async () => {
      await withDirectory(async (dir) => {
        assert.ok((signals('self').SigIgn & bit('SIGPIPE')) !== 0n, 'Node ignores SIGPIPE');
        const said = await output(calls, spawn, dir, {
          file: '/bin/cat',
          argv: ['cat', '/proc/self/status'],
        });
        const { SigBlk, SigIgn } = parseSignals(said);
        assert.deepEqual({ SigBlk, SigIgn }, { SigBlk: 0n, SigIgn: 0n });
      });
    });

    test('is refused with what execve(2) or its descriptors say', async () => {
      await withDirectory(async (dir) => {
        const refused = (code: string, request: Partial<SpawnRequest>): void => {
          assert.throws(() => begin(spawn, dir, { file: './f', argv: ['f'], ...request }), {
            code,
            syscall: 'spawn',
          });
        };
        refused('ENOENT', {});
        const file = join(dir, 'f');
        writeFileSync(file, 'echo no interpreter\n');
        refused('EACCES', {});
        chmodSync(file, 0o755);
        refused('ENOEXEC', {});
        refused('ENOENT', { cwd: join(dir, 'gone') });
        refused('E2BIG', { file: '/bin/true', argv: ['true', 'x'.repeat(200_000)] });
        refused('EBADF', { file: '/bin/true', argv: ['true'], descriptors: [999] });
        const writer = openSync(file, 'a');
        refused('ETXTBSY', {});
        closeSync(writer);
      });
    });
  });
}

type Request = Pick<SpawnRequest, 'file' | 'argv'> & {
  readonly env?: SpawnRequest['env'];
  readonly more?: readonly number[];
} & Partial<SpawnRequest>;

const out = (dir: string): string => join(dir, 'out');

function begin(spawn: PosixSpawn, dir: string, request: Request): [number, () => void] {
  const fd = openSync(out(dir), 'a');
  try {
    const { more = [], ...rest } = request;
    const pid = spawn.start({ env: {}, cwd: dir, descriptors: [fd, fd, ...more], ...rest });
    return [pid, () => closeSync(fd)];
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

async function output(
  calls: SystemCalls,
  spawn: PosixSpawn,
  dir: string,
  request: Request,
): Promise<string> {
  const [pid, close] = begin(spawn, dir, request);
  assert.deepEqual(await reap(calls, pid), { exitCode: 0, signal: null });
  close();
  return readFileSync(out(dir), 'utf8');
}

type Signals = Record<'SigBlk' | 'SigIgn', bigint>;

const signals = (pid: 'self'): Signals => parseSignals(readFileSync(`/proc/${pid}/status`, 'utf8'));

function parseSignals(status: string): Signals {
  const mask = (name: string): bigint =>
    BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1]}`);
  return { SigBlk: mask('SigBlk'), SigIgn: mask('SigIgn') };
}

const bit = (name: NodeJS.Signals): bigint => 1n << BigInt(constants.signals[name] - 1);
