import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { lookAt } from '../../src/hang/look.ts';
import { withSubject } from './subject.ts';

/** Takes a signal and goes on with waiting for its input. */
const DISTRACTED = `process.on('SIGUSR2', () => {}); process.stdin.resume(); console.log('ready');`;

test(
  'what runs for a moment only is looked at again',
  { skip: process.platform !== 'linux' && 'there is no /proc' },
  () =>
    withSubject([process.execPath, '-e', DISTRACTED], {}, async ({ child, members }) => {
      // From its start on it may run for its own reasons; here it runs in the middle of the longer look.
      await wait(300);
      let distracted = false;
      const { verdict } = await lookAt(members, ['nothing'], undefined, () => {
        setTimeout(() => (distracted = child.kill('SIGUSR2')), 150);
      });
      assert.ok(distracted);
      assert.equal(verdict.class, 'waits-on-stdin', verdict.summary);
    }),
);
