import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { programsOf } from './corpus.ts';
import { Hanging, isStatedRoot, unavailable } from './hanging.ts';

const CLASSES = [
  'accept-without-client',
  'child-waits-stdin',
  'connect-without-answer',
  'fifo-without-partner',
  'grandchild-holds-stdout',
  'leaked-writer-end',
  'mutual-read',
  'orphaned-receive',
  'output-back-pressure',
  'pipe-back-pressure',
  'read-self-held-writer',
  'signal-wakeup-full',
  'silent-peer',
  'waits-on-stdin',
];

describe('hangs on channels', { concurrency: 2 }, () => {
  for (const program of programsOf(CLASSES)) {
    test(`${program.name}: ${program.hangs}`, { skip: unavailable(program) }, async () => {
      await using hanging = await Hanging.start(program);
      const { verdict, candidates, scene } = await hanging.look();
      const waits = scene.waits.map(({ thread, what }) => `${thread.pid} ${what}`).join('\n');
      assert.equal(verdict.class, program.hangs, `${verdict.summary}\n${waits}`);
      const root = candidates[0]?.root;
      assert.ok(isStatedRoot(hanging, root), `root ${JSON.stringify(root)} of ${hanging.pid}`);
    });
  }
});
