import { hasEnded } from '../../process/proc-stat.ts';
import { namePid } from './channel.ts';
import type { HangClass } from './hang-class.ts';
import { isIdle, mainWait } from './idle.ts';
import { isStuck, rootOfWait } from './scene.ts';

/** A child has ended, and its parent, which should take note of it, waits for something else. */
export const zombieUnreaped: HangClass = {
  name: 'zombie-unreaped',
  title: 'a child has ended, and its parent waits otherwise and does not take note',
  causes: [
    'The parent waits for a message from a worker that has died.',
    'The signal for the end of the child (SIGCHLD) came before it was waited for, or is blocked.',
    'A process that runs as pid 1 or as a subreaper does not wait for the orphans that it is given.',
  ],
  fixes: [
    'Wait for the message and for the end of the child at once (a sentinel, a pidfd, SIGCHLD).',
    'Block SIGCHLD before the child is started, and take the signal by sigsuspend or a signalfd.',
  ],
  claim: (scene) =>
    [...scene.seen.processes.values()].flatMap(({ pid, before, now }) => {
      if (!hasEnded(now) || !hasEnded(before)) return [];
      const parent = now.parent;
      const wait = mainWait(scene, parent);
      const sibling = [...scene.seen.processes.values()].some(
        (other) => other.pid < pid && other.now.parent === parent && hasEnded(other.now),
      );
      if (wait === undefined || sibling || !isIdle(scene, parent)) return [];
      if (wait.kind === 'child' || wait.kind === 'stopped' || wait.kind === 'traced') return [];
      const forSignal = wait.kind === 'signal' && (wait.signals?.includes(SIGCHLD) ?? true);
      return [
        {
          root: rootOfWait(scene, wait, `zombie ${now.command}`),
          confidence: forSignal ? 0.85 : isStuck(scene, wait) ? 0.65 : 0.55,
          summary: `child ${pid} (${now.command}) of ${namePid(scene, parent)} has ended and is not waited for: pid ${parent} ${wait.what}`,
          decidedBy: [
            `pid ${pid} is a zombie in both looks`,
            `its parent, pid ${parent}, ${wait.what}, and does not wait for children`,
          ],
          ruledOut: [
            'a child that is slow: it has ended',
            'a parent that is about to: it did not run',
          ],
          couldBe: forSignal
            ? []
            : ['a parent that waits for something else, and only does not care for the child'],
        },
      ];
    }),
};

const SIGCHLD = 17;
