import { futexStandstills, standstillProof } from './futex-standstill.ts';
import type { HangClass } from './hang-class.ts';
import { rootOfThread } from './root-of-thread.ts';

/** Threads wait to be called, and nobody is left who could. */
export const lostWakeUp: HangClass = {
  name: 'lost-wake-up',
  title: 'threads wait to be woken, and no thread is left that could do it',
  causes: [
    'The signal came before the wait: a condition remembers nothing.',
    'A condition is waited for without looking at what it stands for, in a loop, under its lock.',
    'Who should have called has ended early, or one was woken where all should have been.',
  ],
  fixes: [
    'Change and look at the state under the lock, and wait in a loop that looks at the state.',
    'Wake all (notify_all, broadcast) where more than one kind of waiter is there.',
  ],
  decidedBy:
    "All threads of the process are stuck, as is whoever shares the memory that they wait at, and some wait at futexes that look like conditions, semaphores or parked threads, or can't be told from them, but none at one that looks like a lock: that rules out a caller that is slow.",
  confusedWith: [
    {
      name: 'lock-without-owner',
      toldApartBy:
        'there the futexes look like contended locks; where they look like neither, both are claimed, and only stacks would tell.',
    },
    {
      name: 'mutex-owner-gone',
      toldApartBy:
        'there the process is a copy made by fork, with one thread; in Python an event looks like a lock there, and only the stack tells.',
    },
    {
      name: 'go-blocked-for-ever',
      toldApartBy:
        'from the kernel both are threads that wait to be woken; there the stacks of the goroutines tell what they wait for.',
    },
    {
      name: 'worker-or-atomics',
      toldApartBy: 'there the process is a Node, which is never claimed here.',
    },
  ],
  claim: (scene) =>
    futexStandstills(scene).flatMap((standstill) => {
      const { process, waits } = standstill;
      const calls = waits.filter(({ meaning }) => meaning === 'call');
      const unclear = waits.filter(({ meaning }) => meaning === 'either');
      const [first] = calls.length > 0 ? calls : unclear;
      // Who holds a lock may be the one that should call.
      if (first === undefined || waits.some(({ meaning }) => meaning === 'lock')) return [];
      const isSure = calls.length > 0;
      const each = [...calls, ...unclear].map(({ thread, what }) => `thread ${thread.tid} ${what}`);
      return [
        {
          root: rootOfThread(scene, first.thread),
          confidence: isSure ? 0.85 : 0.55,
          summary: `${each.length === 1 ? 'a thread' : `${each.length} threads`} of pid ${process.pid} wait${each.length === 1 ? 's' : ''} to be woken, and no thread of it is left to do that: ${each.slice(0, 4).join('; ')}`,
          decidedBy: [...each.slice(0, 8), standstillProof(standstill)],
          ruledOut: [
            'a caller that is slow: no thread of the process can go on',
            ...(isSure ? ['a lock: a contended lock looks otherwise in memory'] : []),
          ],
          couldBe: isSure
            ? []
            : ['a lock that nobody gives back: what the threads wait for, their stacks would tell'],
        },
      ];
    }),
};
