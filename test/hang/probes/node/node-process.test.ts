import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observe } from '../../../../src/hang/observe/observation.ts';
import { mainState } from '../../../../src/hang/probes/node/node-process.ts';
import { named } from '../../corpus.ts';
import { Hanging, unavailable } from '../../hanging.ts';

const program = named('node/server-left-open.mjs');

test(
  'who waits for a processor is busy only where it has much to do',
  { skip: unavailable(program) },
  () =>
    Hanging.during(program, async (hanging) => {
      const seen = await observe(hanging.members, 100);
      const process = seen.processes.get(hanging.pid);
      assert.ok(process !== undefined);
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
