import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import { Census } from '../../src/process/census.ts';
import { SpawnFailure } from '../../src/process/spawn-failure.ts';
import { GroupTier } from '../../src/process/tier/group-tier.ts';
import { Executor } from '../../src/run/executor.ts';
import { FaultLooks } from '../../src/run/fault-looks.ts';
import type { ExecutorMessage } from '../../src/run/messages.ts';
import type { Isolator } from '../../src/sandbox/isolation/isolator.ts';
import { processIsolator } from '../../src/sandbox/isolation/process-isolator.ts';
import { PlanStamp } from '../../src/sandbox/plan-stamp.ts';
import { Tripwires } from '../../src/sandbox/tripwires/tripwires.ts';
import { Worlds } from '../../src/sandbox/world.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { shellFramework, shellSuite, shellUnit } from './shell-framework.ts';

const runDir = scratchDirectory();
mkdirSync(join(runDir, 'attempts'));

async function play(isolator: Isolator): Promise<readonly ExecutorMessage[]> {
  const runId = uuidv7();
  const token = uuidv7();
  const messages: ExecutorMessage[] = [];
  const executor = new Executor(
    {
      token,
      suite: shellSuite(runDir),
      framework: shellFramework('each'),
      units: [{ unit: shellUnit('one', 'report begin; report end'), attemptId: token, number: 1 }],
      slots: [0],
      timeoutMs: 60_000,
      leases: [],
    },
    {
      runId,
      runDir,
      env: { PATH: process.env['PATH'] ?? '' },
      around: {
        isolator,
        tier: new GroupTier(runId, Census.fromNow(), 'of tests'),
        faults: new FaultLooks(PlanStamp.take('/', [])),
        worlds: Worlds.open(runId, { temp: false, home: false, keep: 'none' }, null),
        tripwires: Tripwires.none(),
      },
      clock: systemClock,
      graceMs: 2_000,
      hang: { afterMs: 30_000, onHang: 'kill' },
      again: { before: [], after: [] },
      post: (message) => messages.push(message),
    },
  );
  await executor.run();
  return messages;
}

test('whoever held its name is gone before an attempt’s directory is made', async () => {
  const seen: boolean[] = [];
  await play({
    ...processIsolator,
    clear: (token) => {
      seen.push(existsSync(join(runDir, 'attempts', token)));
      return Promise.resolve();
    },
  });
  assert.deepEqual(seen, [false]);
});

test('where it can not be seen to be gone, nothing is made and nothing is run', async () => {
  const tokens: string[] = [];
  const messages = await play({
    ...processIsolator,
    clear: (token) => {
      tokens.push(token);
      const fault = { code: 'UNKNOWN', call: 'container', path: null };
      return Promise.reject(new SpawnFailure(fault, 'it is still there', null));
    },
  });
  const [finished] = messages.filter((message) => message.type === 'attempt-finished');
  assert.equal(finished?.attempt.outcome, 'spawn-failed');
  assert.equal(finished?.attempt.reason, 'it is still there');
  assert.ok(!existsSync(join(runDir, 'attempts', tokens[0] ?? '')));
});
