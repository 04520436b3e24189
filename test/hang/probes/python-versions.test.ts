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

const PROGRAM = join(import.meta.dirname, '../../fixtures/hangs/python/locks-in-opposite-order.py');

/** A look at a program that has just said where it is may come before it is there. */
const MOST_LOOKS = 20;

describe('the threads of every version of CPython that is here', () => {
  for (const version of ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13']) {
    const pythons = installed(version);
    const skip = pythons.length > 0 ? false : `Python ${version} is not installed`;
    test(`${version}: lines, and the locks that are held and awaited`, { skip }, async () => {
      for (const python of pythons) await lookThrough(python);
    });
  }
});

async function lookThrough(python: string): Promise<void> {
  const child = spawn(python, [PROGRAM], {
    env: plainEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    const { verdict, scene } = await until(child.pid ?? 0, 'python-lock');
    const stacks = scene.seen.findings?.flatMap((finding) => finding.stacks) ?? [];
    assert.deepEqual(new Set(stacks.map(({ tid }) => tid)), new Set(tidsOf(scene)));
    const own = stacks.map(({ frames }) => frames[0]);
    const lines = own.flatMap((frame) =>
      frame?.file === PROGRAM ? [`${frame.function}:${frame.line}`] : [],
    );
    assert.deepEqual(lines.toSorted(), ['one:11', 'other:17'], python);
    assert.match(verdict.summary, /2 threads wait for each other's locks/);
    assert.match(verdict.summary, /threading\.Lock 0x[0-9a-f]+/);
    assert.match(verdict.summary, /threading\.RLock 0x[0-9a-f]+/);
  } finally {
    const exit = once(child, 'exit');
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
