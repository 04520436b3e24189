import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { Member } from '../../src/process/census.ts';
import { endMembers } from '../../src/process/end-members.ts';
import { pause } from '../../src/process/pause.ts';
import { isAlive, readProcStat } from '../../src/process/proc-stat.ts';

const linux = process.platform === 'linux' ? false : 'there is no /proc';
const never = new AbortController().signal;

async function start(script: string): Promise<Member> {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  return {
    pid,
    startTime: readProcStat(pid)?.startTime ?? null,
    command: 'sh',
    parent: process.pid,
    foundBy: ['test'],
  };
}

describe('endMembers', { skip: linux }, () => {
  test('ends with SIGTERM what takes it', async () => {
    const member = await start('echo ready; exec sleep 600');
    const [leak] = await endMembers([member], 5_000, never);
    assert.equal(leak?.endedBy, 'SIGTERM');
    assert.equal(isAlive(member.pid, member.startTime), false);
  });

  test('ends with SIGKILL what ignores SIGTERM, after the grace', async () => {
    const member = await start(`trap '' TERM; echo ready; while :; do sleep 0.05; done`);
    const since = performance.now();
    const [leak] = await endMembers([member], 200, never);
    assert.ok(performance.now() - since >= 200);
    assert.equal(leak?.endedBy, 'SIGKILL');
  });

  test('ends with SIGTERM what is stopped', async () => {
    const member = await start('echo ready; kill -STOP $$');
    while (readProcStat(member.pid)?.state !== 'T') await pause(5);
    const [leak] = await endMembers([member], 5_000, never);
    assert.equal(leak?.endedBy, 'SIGTERM');
  });

  test('never signals a process whose start time is another', async () => {
    const member = await start('echo ready; exec sleep 600');
    const impostor = { ...member, startTime: (member.startTime ?? 0) + 1 };
    const [leak] = await endMembers([impostor], 100, never);
    assert.equal(leak?.endedBy, 'by itself');
    assert.equal(isAlive(member.pid, member.startTime), true);
    await endMembers([member], 5_000, never);
  });
});
