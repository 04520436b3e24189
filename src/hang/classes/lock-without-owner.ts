import { futexStandstills, standstillProof } from './futex-standstill.ts';
import type { HangClass } from './hang-class.ts';
import { rootOfThread } from './root-of-thread.ts';

/** Threads wait for locks, and nothing in the locks says who has them. */
export const lockWithoutOwner: HangClass = {
  name: 'lock-without-owner',
  title:
    'threads wait for locks of which can’t be read who has them, and nobody is left to give them back',
  causes: [
    'Two places take the same two locks in opposite order.',
    'A thread takes a lock twice, or asks to write while it still reads.',
    'A guard lives longer than it seems (a temporary in a match, an if let).',
  ],
  fixes: [
    'Look at the stacks of the threads that wait: what each holds stands above the line it waits at.',
    'Take locks in one order everywhere; give a read lock back before asking for the write lock.',
  ],
  decidedBy:
    "All threads of the process are stuck, as is whoever shares the memory that they wait at, and some wait at futexes that look like locks, or can't be told from them, and name no owner: that rules out an owner that is slow.",
  confusedWith: [
    {
      name: 'lost-wake-up',
      toldApartBy:
        'there the futexes look like conditions, semaphores or parked threads; where they look like neither, both are claimed, and only stacks would tell.',
    },
    {
      name: 'mutex-cycle',
      toldApartBy: 'there the owner stands in each lock, and is the next thread of the circle.',
    },
    {
      name: 'self-deadlock',
      toldApartBy: "there the thread's own id stands in the lock.",
    },
    {
      name: 'python-lock',
      toldApartBy: "there Python's stacks say who holds the lock by `with`, or that nobody does.",
    },
    {
      name: 'java-deadlock',
      toldApartBy: "there the JVM's thread dump names the holders.",
    },
  ],
  claim: (scene) =>
    futexStandstills(scene).flatMap((standstill) => {
      const { process, waits } = standstill;
      const locks = waits.filter(({ meaning }) => meaning === 'lock');
      const unclear = waits.filter(({ meaning }) => meaning === 'either');
      const [first] = locks.length > 0 ? locks : unclear;
      if (first === undefined) return [];
      const isSure = locks.length > 0;
      const each = [...locks, ...unclear].map(({ thread, what }) => `thread ${thread.tid} ${what}`);
      return [
        {
          root: rootOfThread(scene, first.thread),
          confidence: isSure ? 0.85 : 0.5,
          summary: `${each.length === 1 ? 'a thread' : `${each.length} threads`} of pid ${process.pid} wait${each.length === 1 ? 's' : ''} for locks, and no thread of it can go on to give one back: ${each.slice(0, 4).join('; ')}`,
          decidedBy: [...each.slice(0, 8), standstillProof(standstill)],
          ruledOut: ['an owner that is slow: no thread of the process can go on'],
          couldBe: isSure
            ? []
            : [
                'a wake-up that was lost: that the threads wait for a lock, their stacks would tell',
              ],
        },
      ];
    }),
};
