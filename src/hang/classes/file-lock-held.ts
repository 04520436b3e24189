import { readProcStat } from '../../process/proc-stat.ts';
import { namePid } from './channel.ts';
import { fileLockCircles, fileLockWaits } from './file-lock-wait.ts';
import type { HangClass } from './hang-class.ts';
import { mainWait } from './idle.ts';
import { restsThroughout } from './rests-throughout.ts';
import { isStuck } from './scene.ts';

/** A lock on a file that somebody has who lives, and does not give it back. */
export const fileLockHeld: HangClass = {
  name: 'file-lock-held',
  title: 'a lock on a file is held by a process that does not give it back',
  causes: [
    'A tool is started by another one that holds the lock of the same directory, and waits for it.',
    'A process that an earlier run left behind still has the lock.',
    'A child inherited the open file, and with it the lock.',
  ],
  fixes: [
    'End the holder if it is left over; give each run a directory of its own.',
    'Give the lock back before starting what needs it; open lock files close-on-exec.',
  ],
  decidedBy:
    '/proc/locks names the process that has the lock for which a thread waits; the wait is in no circle, and nothing of the tree behind it moves: that rules out a lock that nobody has.',
  confusedWith: [
    {
      name: 'file-lock-cycle',
      toldApartBy: 'there the holder waits in turn, round in a circle, for a lock of the waiter.',
    },
    {
      name: 'slow-not-hung',
      toldApartBy:
        'a holder of the tree that moves is not claimed here; of one outside of it nothing from outside tells whether it is only slow.',
    },
    {
      name: 'lock-without-owner',
      toldApartBy: 'there the lock is one in memory, and nothing in it says who has it.',
    },
  ],
  claim(scene) {
    const inCircles = new Set(
      fileLockCircles(scene)
        .flat()
        .map(({ wait }) => wait),
    );
    return fileLockWaits(scene).flatMap(({ wait, path, holders }) => {
      const [holder] = holders;
      if (holder === undefined || inCircles.has(wait)) return [];
      const isOfTree = scene.seen.processes.has(holder);
      // One that moves will come to it: that is waiting in a line, and no hang.
      if (scene.seen.cameOrWent.includes(holder) || !restsThroughout(scene, wait)) return [];
      const name = namePid(scene, holder, scene.seen.holders.byTarget.get(path));
      const instead = mainWait(scene, holder)?.what;
      const state = readProcStat(holder)?.state;
      const doing =
        instead ??
        (state === undefined ? 'is not of this tree' : `is not of this tree, state ${state}`);
      return [
        {
          root: {
            pid: holder,
            command:
              scene.seen.processes.get(holder)?.now.commandLine ?? name.replace(/^pid \d+ ?/, ''),
            thread: null,
            fd: null,
            place: path,
          },
          waiter: wait.thread,
          confidence: isStuck(scene, wait) ? 0.95 : isOfTree ? 0.85 : 0.8,
          summary: `pid ${wait.thread.pid} waits for the lock on ${path} (fd ${wait.fds[0]}), which ${name} has, and that ${doing}`,
          decidedBy: [
            `pid ${wait.thread.pid} ${wait.what}`,
            `/proc/locks names pid ${holder} as its holder, which ${doing}`,
          ],
          ruledOut: ['a lock that nobody has: its holder is there'],
          couldBe: isStuck(scene, wait)
            ? []
            : ['a holder that is slow, and will give it back: what it does would tell'],
        },
      ];
    });
  },
};
