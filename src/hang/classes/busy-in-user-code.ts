import { busyOnes, percent } from './activity.ts';
import type { HangClass } from './hang-class.ts';
import { rootOfThread } from './root-of-thread.ts';

/** Of its time on a processor, so much or less in the kernel leaves the rest to its own code. */
const MOST_SYSTEM = 0.3;

/** A thread computes all the time and asks next to nothing of the kernel. */
export const busyInUserCode: HangClass = {
  name: 'busy-in-user-code',
  title: 'a thread computes all the time, in its own code',
  causes: [
    'A loop whose condition never becomes false: a flag that nobody sets, an index that does not move.',
    'A regular expression or an algorithm that explodes on this very input.',
    'Nothing but a long computation.',
  ],
  fixes: [
    'Look at its stack twice: what stands still in both is where it loops.',
    'Run it with half of the input: a long computation gets shorter, an endless one does not.',
  ],
  decidedBy:
    "A thread ran, or waited for a processor, for at least 80 % of the time, and no more than 30 % of its time on a processor was the kernel's: that rules out a wait for anybody and a spin on a system call.",
  confusedWith: [
    {
      name: 'endless-loop',
      toldApartBy:
        "nothing from outside tells them apart; there Node's inspector shows that the loop can't end.",
    },
    {
      name: 'interpreter-lock-hogged',
      toldApartBy:
        "there Python's stacks show that the busy thread has the interpreter lock, and who starves for it.",
    },
    {
      name: 'slow-not-hung',
      toldApartBy:
        'there bytes are moved, memory grows or processes come and go; of a computation that does none of that nothing tells from outside whether it ends.',
    },
    {
      name: 'syscall-spin',
      toldApartBy:
        "there at least 30 % of the thread's time on a processor is the kernel's, in calls that give nothing.",
    },
  ],
  claim: (scene) =>
    busyOnes(scene).flatMap(({ activity, thread }) => {
      const { process } = activity;
      if (thread.system === null || thread.system > MOST_SYSTEM) return [];
      const root = rootOfThread(scene, thread.thread);
      return [
        {
          root,
          confidence: 0.8,
          summary: `pid ${process.pid} is busy in its own code${root.place === null ? '' : ` at ${root.place}`}: endless or only long cannot be told from outside`,
          decidedBy: [
            `thread ${thread.thread.tid} ran, or waited for a processor, ${percent(thread.busy)} of the time`,
            `${percent(thread.system)} of its time on a processor was spent in the kernel`,
          ],
          ruledOut: [
            'a wait for anybody: it never sleeps',
            'a spin on a system call: too little of its time is the kernel’s',
          ],
          couldBe: ['a long computation, a compiler or a garbage collector at work'],
          undecided:
            'its stack and what its loop looks at, a few times in a row: an endless loop comes back to the same values',
        },
      ];
    }),
};
