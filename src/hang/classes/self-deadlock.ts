import type { HangClass } from './hang-class.ts';
import { isLockWait, ownerCircles } from './lock-owner.ts';
import { rootOfThread } from './root-of-thread.ts';

/** A thread that waits for a lock which it holds itself. */
export const selfDeadlock: HangClass = {
  name: 'self-deadlock',
  title: 'a thread waits for a lock that it holds itself',
  causes: [
    'A function that takes a lock calls another one that takes the same one.',
    'A signal handler, a destructor or a callback runs while the lock is held, and takes it.',
    'An early return or an exception left the lock held.',
  ],
  fixes: [
    'Split off an inner function that expects the lock to be held.',
    'Use a guard that gives it back at every exit; a recursive lock only hides the order.',
  ],
  claim: (scene) =>
    ownerCircles(scene).flatMap(([wait, ...others]) => {
      if (wait === undefined || others.length > 0 || !isLockWait(wait)) return [];
      const { pid, tid } = wait.thread;
      return [
        {
          root: rootOfThread(scene, wait.thread),
          confidence: 0.97,
          summary: `thread ${tid} of pid ${pid} waits for a lock that it holds itself`,
          decidedBy: [`thread ${tid} ${wait.what}: its own id stands in the lock as the owner`],
          ruledOut: [
            'another thread that is slow to give it back: nobody else has it',
            'a recursive lock: that would let its owner in',
          ],
          couldBe: [],
        },
      ];
    }),
};
