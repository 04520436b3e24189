import { hasEnded } from '../../process/proc-stat.ts';
import type { Wait } from '../graph/wait.ts';
import { limitedWait } from '../graph/limited-wait.ts';
import { activityOf } from './activity.ts';
import { namePid } from './channel.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { isIdle, mainWait } from './idle.ts';
import { restsThroughout } from './rests-throughout.ts';
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
  decidedBy:
    'A child is a zombie in both looks, and its parent, which is idle or only polls with a limit while all its children are dead, does not wait for children: that rules out a child that is slow, and a parent that is about to take note.',
  confusedWith: [
    {
      name: 'parent-waits-child',
      toldApartBy: 'there the child lives, and its end is waited for.',
    },
    {
      name: 'signal-never-delivered',
      toldApartBy:
        'there no child is left whose end could be the signal, or the signal is pending and blocked.',
    },
    {
      name: 'pool-lost-task',
      toldApartBy:
        "there the pool has taken note and started another worker, and Python's stacks show that none has a task.",
    },
  ],
  claim: (scene) =>
    [...scene.seen.processes.values()].flatMap(({ pid, before, now }) => {
      if (!hasEnded(now) || !hasEnded(before)) return [];
      const parent = now.parent;
      const wait = mainWait(scene, parent);
      const sibling = [...scene.seen.processes.values()].some(
        (other) => other.pid < pid && other.now.parent === parent && hasEnded(other.now),
      );
      if (wait === undefined || sibling) return [];
      const polls = isIdle(scene, parent) ? null : pollsAmongTheDead(scene, parent);
      if (!isIdle(scene, parent) && polls === null) return [];
      if (wait.kind === 'child' || wait.kind === 'stopped' || wait.kind === 'traced') return [];
      if (polls !== null) return [ofPolling(scene, wait, pid, polls)];
      if (!restsThroughout(scene, wait)) return [];
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

/** Who asks for something now and then does so little in between. */
const LITTLE_BUSY = 0.05;

/**
 * What a parent polls for, with a time limit, whose children have all ended; null of any other. One
 * that has living children waits for those, and takes note of the others at the end.
 */
function pollsAmongTheDead({ seen }: Scene, parent: number): string | null {
  const process = seen.processes.get(parent);
  const thread = process?.threads.find(({ now }) => now.tid === parent);
  const call = thread?.now.syscall ?? null;
  if (process === undefined || thread === undefined || call === null) return null;
  const children = [...seen.processes.values()].filter(({ now }) => now.parent === parent);
  const { threads, reaped } = activityOf(process);
  if (reaped || !children.every(({ now }) => hasEnded(now))) return null;
  if (threads.some(({ busy }) => busy > LITTLE_BUSY)) return null;
  return limitedWait({ thread, process, call, seen })?.what ?? null;
}

/** Nothing but its own time limit wakes it, and it may yet take note, or give up. */
function ofPolling(scene: Scene, wait: Wait, child: number, what: string): Claim {
  const { pid } = wait.thread;
  const parent = namePid(scene, pid);
  return {
    root: rootOfWait(scene, wait, 'zombies'),
    confidence: 0.6,
    summary: `all children of ${parent} have ended, such as ${child}, and are not waited for: it goes on with ${what}, again and again`,
    decidedBy: [
      `pid ${child} is a zombie in both looks, and no child of pid ${pid} lives`,
      `pid ${pid} ${what}, and does next to nothing in between`,
    ],
    ruledOut: ['a child that is slow: none lives', 'a parent that is busy: it sleeps'],
    couldBe: ['a parent that waits for something else, and only does not care for its children'],
    undecided: 'its stack: whether what it asks for could come from anybody but its children',
  };
}
