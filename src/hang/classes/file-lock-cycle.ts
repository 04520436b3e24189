import { fileLockCircles } from './file-lock-wait.ts';
import type { HangClass } from './hang-class.ts';
import { rootOfWait } from './scene.ts';

/** Processes that each hold a lock on a file for which the next one waits. */
export const fileLockCycle: HangClass = {
  name: 'file-lock-cycle',
  title: 'processes hold locks on files and wait for each other’s in a circle',
  causes: [
    'Two processes lock the same two files in opposite order.',
    'A process opens a file twice and locks it twice: flock(2) belongs to the open file.',
  ],
  fixes: [
    'Lock files in one order everywhere (by path), or one file for all.',
    'Lock without waiting (LOCK_NB) and let go of what is held before trying again.',
  ],
  decidedBy:
    '/proc/locks names, for each process of the circle, a holder that waits in turn for the lock of the next one, without a limit: that rules out a holder that is slow.',
  confusedWith: [
    {
      name: 'file-lock-held',
      toldApartBy: 'there the wait is in no circle.',
    },
    {
      name: 'mutex-cycle',
      toldApartBy: 'there threads wait for locks in memory, in each of which its owner stands.',
    },
  ],
  claim: (scene) =>
    fileLockCircles(scene).flatMap((circle) => {
      const [first] = circle;
      if (first === undefined) return [];
      const steps = circle.map(
        ({ wait, holders }) =>
          `pid ${wait.thread.pid} ${wait.what}, which pid ${holders.join(', ')} has`,
      );
      return [
        {
          root: rootOfWait(scene, first.wait, first.path),
          confidence: 0.97,
          summary:
            circle.length === 1
              ? `pid ${first.wait.thread.pid} waits for the lock on ${first.path} (fd ${first.wait.fds[0]}), which it has itself through another open file`
              : `${circle.length} processes wait in a circle for each other's locks: ${steps.join('; ')}`,
          decidedBy: ['/proc/locks names the holder of each', ...steps],
          ruledOut: ['a holder that is slow: each waits in turn for the next, without a limit'],
          couldBe: [],
        },
      ];
    }),
};
