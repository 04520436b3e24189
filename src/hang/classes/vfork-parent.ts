import { namePid } from './channel.ts';
import type { HangClass } from './hang-class.ts';
import { mainWait } from './idle.ts';
import { restsThroughout } from './rests-throughout.ts';
import { rootOfWait } from './scene.ts';

/** A child of vfork that neither executes a program nor ends, and its parent, which can't go on. */
export const vforkParent: HangClass = {
  name: 'vfork-parent',
  title:
    'a child of vfork waits before it executes a program, and its parent can’t go on until then',
  causes: [
    'Between vfork (posix_spawn, subprocess) and exec the child opens a FIFO or a file that is not served.',
    'Code is run in the child before exec, and waits for something.',
  ],
  fixes: [
    'Let the child do nothing before exec but what cannot wait; open files in the parent.',
    'The state D of the parent is harmless here: end the child, and it goes on.',
  ],
  decidedBy:
    'A thread is in vfork(2), or in clone(2) with CLONE_VFORK, its child still is the same program, and nothing behind that moves: that rules out a disk or a device that does not answer.',
  confusedWith: [
    {
      name: 'uninterruptible',
      toldApartBy: 'the state D is the same; there the thread is in no such call.',
    },
    {
      name: 'parent-waits-child',
      toldApartBy: 'there the end of a child is waited for, and not that it executes a program.',
    },
    {
      name: 'fifo-without-partner',
      toldApartBy:
        'there the FIFO is named; where it is this child that opens it, that is the cause.',
    },
  ],
  claim: (scene) =>
    scene.waits.flatMap((wait) => {
      if (wait.kind !== 'vfork') return [];
      return wait.sources.flatMap((source) => {
        if (source.kind !== 'process' || !restsThroughout(scene, wait)) return [];
        const child = mainWait(scene, source.pid);
        if (child === undefined) return [];
        return [
          {
            root: rootOfWait(scene, child, child.place ?? null),
            waiter: wait.thread,
            confidence: 0.9,
            summary: `${namePid(scene, wait.thread.pid)} waits until its child ${source.pid} executes a program, and that ${child.what}`,
            decidedBy: [
              `pid ${wait.thread.pid} is in vfork(2) or in clone(2) with CLONE_VFORK`,
              `its child ${source.pid} still is the same program, and ${child.what}`,
            ],
            ruledOut: ['a disk or a device that does not answer: the parent waits for its child'],
            couldBe: [],
          },
        ];
      });
    }),
};
