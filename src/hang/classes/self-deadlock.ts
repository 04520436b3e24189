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
  decidedBy:
    "The waiting thread's own id stands in the lock as its owner: that rules out another thread that is slow to give it back, and a recursive lock, which would let its owner in.",
  confusedWith: [
    {
      name: 'mutex-cycle',
      toldApartBy: 'there the owner is another thread, which waits as well.',
    },
    {
      name: 'mutex-owner-gone',
      toldApartBy: 'there the owner is no thread of the process any more.',
    },
    {
      name: 'lock-without-owner',
      toldApartBy:
        "there no owner stands in the lock; one that is taken twice can't be told from others then.",
    },
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
