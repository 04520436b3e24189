import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { lookAt, treeOf } from '../../../src/hang/look.ts';
import type { Diagnosis } from '../../../src/hang/diagnose.ts';
import { plainEnvironment } from '../../plain-environment.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/hangs/python');
const LOCKS = join(FIXTURES, 'locks-in-opposite-order.py');
const TASKS = join(FIXTURES, 'asyncio-event-never-set.py');

/** A look at a program that has just said where it is may come before it is there. */
const MOST_LOOKS = 20;

describe('every version of CPython that is here', { concurrency: 2 }, () => {
  for (const version of ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13']) {
    const pythons = installed(version);
    const skip = pythons.length > 0 ? false : `Python ${version} is not installed`;
    test(`${version}: lines, and the locks that are held and awaited`, { skip }, async () => {
      for (const python of pythons) await during(python, LOCKS, lookThroughLocks);
    });

    test(`${version}: what each task awaits, and where`, { skip }, async () => {
      for (const python of pythons) await during(python, TASKS, lookThroughTasks);
    });
  }
});

async function lookThroughLocks(pid: number): Promise<void> {
  const { verdict, scene } = await until(pid, 'python-lock');
  const stacks = scene.seen.findings?.flatMap((finding) => finding.stacks) ?? [];
  assert.deepEqual(new Set(stacks.map(({ tid }) => tid)), new Set(tidsOf(scene)));
  const lines = stacks.flatMap(({ frames: [frame] }) =>
    frame?.file === LOCKS ? [`${frame.function}:${frame.line}`] : [],
  );
  assert.deepEqual(lines.toSorted(), ['one:11', 'other:17']);
  assert.match(verdict.summary, /2 threads wait for each other's locks/);
  assert.match(verdict.summary, /threading\.Lock 0x[0-9a-f]+/);
  assert.match(verdict.summary, /threading\.RLock 0x[0-9a-f]+/);
}

async function lookThroughTasks(pid: number): Promise<void> {
  const { scene } = await until(pid, 'asyncio-task-never-settles');
  const findings = scene.seen.findings ?? [];
  assert.deepEqual(
    findings.map(({ missing }) => missing),
    [null],
  );
  const tasks = findings.flatMap(({ stacks }) => stacks.filter(({ of }) => of === 'task'));
  const chains = tasks.map(({ frames, state }) => {
    const own = frames.filter(({ file }) => file === TASKS);
    return `${state}: ${own.map((frame) => `${frame.function}:${frame.line}`).join(' < ')}`;
  });
  assert.deepEqual(chains.toSorted(), [
    'awaits _GatheringFuture: main:15',
    'awaits _asyncio.Future: await_start:6 < worker:9',
    'awaits _asyncio.Future: await_start:6 < worker:9',
  ]);
}

async function during(
  python: string,
  program: string,
  look: (pid: number) => Promise<void>,
): Promise<void> {
  const child = spawn(python, [program], {
    env: plainEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  try {
    await once(child.stdout, 'data');
    await look(child.pid ?? 0);
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
}

async function until(pid: number, name: string): Promise<Diagnosis> {
  for (let left = MOST_LOOKS; ; left -= 1) {
    const diagnosis = await lookAt(treeOf(pid));
    if (diagnosis.verdict.class === name || left === 0) return diagnosis;
  }
}

function tidsOf({ seen }: Diagnosis['scene']): number[] {
  return [...seen.processes.values()].flatMap(({ threads }) => threads.map(({ now }) => now.tid));
}

/** The system's own, and those of pyenv. */
function installed(version: string): string[] {
  const versions = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const kept = existsSync(versions) ? readdirSync(versions) : [];
  return [
    `/usr/bin/python${version}`,
    ...kept
      .filter((name) => name.startsWith(`${version}.`))
      .map((name) => join(versions, name, 'bin', `python${version}`)),
  ].filter((path) => existsSync(path));
}
