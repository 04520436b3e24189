import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Census } from '../../src/process/census.ts';
import { endHold } from '../../src/process/end-hold.ts';
import { LINEAGE } from '../../src/process/lineage.ts';
import type { Member } from '../../src/process/member.ts';
import { pause } from '../../src/process/pause.ts';
import { isAlive, readProcStat, signalProcess } from '../../src/process/proc-stat.ts';
import { RecognisingHold } from '../../src/process/tier/group-tier.ts';
import type { Hold } from '../../src/process/tier/tier.ts';

const linux = process.platform === 'linux' ? false : 'there is no /proc';
const never = new AbortController().signal;
const inMs = (ms: number): (() => number) => {
  const until = performance.now() + ms;
  return () => until;
};

async function start(script: string): Promise<{ readonly pid: number; readonly hold: Hold }> {
  const lineage = `run/${process.pid}-${Math.random()}`;
  const census = Census.fromNow();
  const child = spawn('sh', ['-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], [LINEAGE]: lineage },
  });
  await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, hold: new RecognisingHold(census, { lineage }) };
}

describe('endHold', { skip: linux }, () => {
  test('ends with SIGTERM what takes it, and says where it came from', async () => {
    const { pid, hold } = await start('echo ready; exec sleep 600');
    const [leak, ...others] = await endHold(hold, inMs(5_000), never);
    assert.equal(others.length, 0);
    assert.equal(leak?.endedBy, 'SIGTERM');
    assert.equal(leak?.parents[0]?.pid, process.pid);
    assert.match(leak?.files.join(' ') ?? '', /0: \/dev\/null/);
    assert.equal(isAlive(pid, leak?.startTime ?? 0), false);
  });

  test('ends with SIGKILL what ignores SIGTERM, after the grace', async () => {
    const { pid, hold } = await start(`trap '' TERM; echo ready; while :; do sleep 0.05; done`);
    const since = performance.now();
    const leaks = await endHold(hold, inMs(200), never);
    assert.ok(performance.now() - since >= 200);
    assert.equal(leaks.find((leak) => leak.pid === pid)?.endedBy, 'SIGKILL');
    assert.deepEqual(await hold.members(), []);
  });

  test('gives what takes SIGTERM a chance even where the grace was over before', async () => {
    const { hold } = await start('echo ready; exec sleep 600');
    const patient: Hold = {
      ...hold,
      members: () => hold.members(),
      kill: () => assert.fail('killed in the same breath'),
    };
    const [leak] = await endHold(patient, inMs(-1), never);
    assert.equal(leak?.endedBy, 'SIGTERM');
  });

  test('ends with SIGTERM what is stopped', async () => {
    const { pid, hold } = await start('echo ready; kill -STOP $$');
    while (readProcStat(pid)?.state !== 'T') await pause(5);
    const [leak] = await endHold(hold, inMs(5_000), never);
    assert.equal(leak?.endedBy, 'SIGTERM');
  });

  test('ends what starts in answer to SIGTERM, too', async () => {
    const { hold } = await start(
      `trap 'setsid sleep 600 & exit' TERM; echo ready; while :; do sleep 0.05; done`,
    );
    const leaks = await endHold(hold, inMs(5_000), never);
    assert.ok(
      leaks.some(({ command }) => command === 'sleep 600'),
      JSON.stringify(leaks),
    );
    assert.deepEqual(await hold.members(), []);
  });

  test('never signals a process whose start time is another', async () => {
    const { pid, hold } = await start('echo ready; exec sleep 600');
    const [member] = await hold.members();
    assert.ok(member !== undefined);
    let looks = 0;
    const impostor: Member = { ...member, startTime: (member.startTime ?? 0) + 1 };
    const lying: Hold = {
      ...hold,
      members: () => Promise.resolve((looks += 1) < 3 ? [impostor] : []),
      kill: () => Promise.resolve([]),
    };
    const [leak] = await endHold(lying, inMs(100), never);
    assert.equal(leak?.endedBy, 'by itself');
    assert.equal(isAlive(pid, member.startTime), true);
    signalProcess(pid, 'SIGKILL');
  });
});
