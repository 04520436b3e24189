import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runShell, shellProject } from '../project.ts';
import { noticesOf } from './git-case.ts';

/** A process that says it descends from that attempt, as one that a closed run has missed. */
function left(lineage: string): { readonly pid: number; readonly ended: Promise<unknown> } {
  const env = { PATH: process.env['PATH'], PINDOWN_LINEAGE: lineage };
  const child = spawn('sleep', ['600'], { env, stdio: 'ignore', detached: true });
  return { pid: child.pid ?? 0, ended: once(child, 'exit') };
}

test('what a closed run of this project left is ended and named, and nobody else', async () => {
  const dir = shellProject({ 'u/a.sh': 'exit 0' });
  const { report: first } = await runShell(dir);
  const ours = left(`${first.run.id}/x`);
  const nested = left(`outer/y,${first.run.id}/x`);
  const foreign = left(`00000000-0000-7000-8000-000000000000/x`);
  try {
    const { status, report } = await runShell(dir);
    assert.equal(status, 0);
    const told = noticesOf(dir, report).filter(({ code }) => code === 'left-by-earlier-run');
    await Promise.all([ours.ended, nested.ended]);
    assert.deepEqual(
      new Set(told.map(({ message }) => Number(/^pid (\d+) \(sleep 600\)/.exec(message)?.[1]))),
      new Set([ours.pid, nested.pid]),
    );
    assert.ok(told.every(({ message }) => message.includes(first.run.id)));
    assert.equal(process.kill(foreign.pid, 0), true);
    // A run whose Pindown is alive keeps what is its own.
    const holder = join(dir, '.pindown/runs', first.run.id, 'holder.json');
    const { owner, ...rest } = JSON.parse(readFileSync(holder, 'utf8')) as {
      owner: { bootId: string };
    };
    const alive = { ...owner, pid: process.pid, startTime: null };
    writeFileSync(holder, JSON.stringify({ ...rest, owner: alive }));
    const kept = left(`${first.run.id}/x`);
    await runShell(dir);
    assert.equal(process.kill(kept.pid, 0), true);
    process.kill(kept.pid, 'SIGKILL');
    await kept.ended;
  } finally {
    process.kill(foreign.pid, 'SIGKILL');
    await foreign.ended;
  }
});
