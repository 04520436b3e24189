import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type MainState, mainState } from '../../../../src/hang/probes/node/node-process.ts';
import { openInspector } from '../../../../src/hang/probes/node/open-inspector.ts';
import { readProcFile, readProcStat } from '../../../../src/process/proc-stat.ts';
import { named } from '../../corpus.ts';
import { Hanging, unavailable } from '../../hanging.ts';

const program = named('node/server-left-open.mjs');
const LOOP = 'node/loop-on-flag-of-timer.mjs';

test(
  'who waits for a processor is busy only where it has much to do',
  { skip: unavailable(program) },
  () =>
    Hanging.during(program, async (hanging) => {
      const { process } = await hanging.observed(100);
      const windowNs = (process.now.atMs - process.before.atMs) * 1e6;
      const stateAfter = (ran: number, delayed: number): string =>
        mainState({
          ...process,
          threads: process.threads.map((thread) => ({
            ...thread,
            now: {
              ...thread.now,
              cpuNs: (thread.before.cpuNs ?? 0) + ran * windowNs,
              runDelayNs: (thread.before.runDelayNs ?? 0) + delayed * windowNs,
            },
          })),
        });
      assert.equal(stateAfter(0.02, 0.7), 'idle');
      assert.equal(stateAfter(0.2, 0.75), 'busy');
      assert.equal(stateAfter(0.9, 0), 'busy');
    }),
);

/** As if its main thread had been met on its way from a wait for events. */
async function stateOnTheWay(name: string): Promise<MainState> {
  return Hanging.during(named(name), async (hanging) => {
    const { process } = await hanging.observed();
    const threads = process.threads.map((thread) => {
      const { before, now } = thread;
      return now.tid === hanging.pid
        ? { ...thread, now: { ...before, state: 'R', syscall: null } }
        : thread;
    });
    return mainState({ ...process, threads });
  });
}

test('who just woke is read once more', { skip: unavailable(program) }, async () => {
  assert.equal(await stateOnTheWay('node/server-left-open.mjs'), 'idle');
  assert.equal(await stateOnTheWay(LOOP), 'busy');
});

test('who is stopped is sent no signal', { skip: unavailable(program) }, () =>
  Hanging.during(program, async (hanging) => {
    process.kill(hanging.pid, 'SIGSTOP');
    for (let state = ''; state !== 'T'; state = readProcStat(hanging.pid)?.state ?? 'T') {
      await setImmediate();
    }
    const { process: stopped } = await hanging.observed();
    const { signal } = new AbortController();
    await assert.rejects(openInspector(stopped, 'idle', signal), /it is stopped/);
    const pending = /^ShdPnd:\s(\w+)$/m.exec(readProcFile(`/proc/${hanging.pid}/status`) ?? '');
    assert.equal(Number.parseInt(pending?.[1] ?? '', 16), 0);
  }),
);
