import { readProcFile } from '../../process/proc-stat.ts';
import { freezerGroupOf } from '../graph/frozen-wait.ts';
import type { Wait } from '../graph/wait.ts';
import { namePid } from './channel.ts';
import type { HangClass, Scene } from './hang-class.ts';
import { rootOfWait } from './scene.ts';

/** A process stands still since its control group is frozen. */
export const frozen: HangClass = {
  name: 'frozen',
  title: 'a process stands still in a control group that is frozen',
  causes: [
    'A container was paused (docker pause), or a supervisor froze the group and did not thaw it.',
    'A look at the tree that was to keep it for a debugger.',
  ],
  fixes: [
    'Thaw it: docker unpause, or 0 into cgroup.freeze (version 1: THAWED into freezer.state).',
    'SIGKILL gets through in version 2 only; in version 1 it waits until the group is thawed.',
  ],
  decidedBy:
    'The kernel has a thread of the process frozen by its control group: that rules out a stop by a signal or a tracer, which would show state T or t.',
  confusedWith: [
    {
      name: 'stopped-by-signal',
      toldApartBy: 'there the kernel shows state T.',
    },
    {
      name: 'traced',
      toldApartBy: 'there the kernel shows state t, and TracerPid who holds it.',
    },
    {
      name: 'uninterruptible',
      toldApartBy:
        'version 1 of control groups shows state D as well; there the group is not FROZEN.',
    },
  ],
  claim: (scene) =>
    scene.waits.flatMap((wait) => {
      const { pid, tid } = wait.thread;
      const isFirst = scene.waits.find(({ thread }) => thread.pid === pid)?.thread.tid === tid;
      if (wait.kind !== 'frozen' || !isFirst) return [];
      const group = groupOf(scene, wait);
      return [
        {
          root: rootOfWait(scene, wait, group),
          confidence: 0.95,
          summary: `${namePid(scene, pid)} is frozen by its control group${group === null ? '' : ` (${group})`}, and nobody thaws it`,
          decidedBy: [
            `the kernel has thread ${tid} of it frozen${group === null ? '' : `, as it has the group ${group}`}`,
          ],
          ruledOut: ['a stop by a signal or a tracer: it would be in state T or t'],
          couldBe: ['somebody who froze it on purpose, and is about to thaw it'],
        },
      ];
    }),
};

/** The group of the version by which it is frozen; state D is shown by version 1 alone. */
function groupOf({ seen }: Scene, { thread }: Wait): string | null {
  const observed = seen.processes.get(thread.pid)?.threads;
  const state = observed?.find(({ now }) => now.tid === thread.tid)?.now.state;
  if (state === 'D') return freezerGroupOf(thread.pid);
  return /^0::(.*)$/m.exec(readProcFile(`/proc/${thread.pid}/cgroup`) ?? '')?.[1] ?? null;
}
