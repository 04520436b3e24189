import { hasEnded } from '../../process/proc-stat.ts';
import type { Holder } from '../observe/holders.ts';
import { channelWaits, namePid, pidsOf } from './channel.ts';
import type { HangClass, Scene } from './hang-class.ts';

/** Whoever reads a child's output waits for its end; the child is gone, and what it started is not. */
export const grandchildHoldsStdout: HangClass = {
  name: 'grandchild-holds-stdout',
  title: "a child has ended, and a process that it started holds the child's output open",
  causes: [
    'The child left something running in the background (a daemon, `cmd &`), which inherited its stdout.',
    'Only the child was killed, and not what it had started.',
  ],
  fixes: [
    "Wait for 'exit' and not for 'close' of the streams, or set a limit on the time after the exit.",
    'Start what stays in the background with its output elsewhere; end the whole group.',
  ],
  decidedBy:
    'A process waits to read from a channel other than its stdin, and all others who could write to it have it as stdout or stderr and are neither its children nor those of a living child of it: that rules out a child that still runs.',
  confusedWith: [
    {
      name: 'leaked-writer-end',
      toldApartBy: 'there the write end is held besides the standard streams.',
    },
    {
      name: 'parent-waits-child',
      toldApartBy: 'there the end of a child that lives is waited for, and not that of its output.',
    },
    {
      name: 'read-self-held-writer',
      toldApartBy: 'there the reader itself has the only write end.',
    },
  ],
  claim: (scene) =>
    channelWaits(scene).flatMap(({ wait, process, fd, access, name, others, alone }) => {
      const foreign = others.filter(({ pid }) => pid !== process.pid);
      if (access !== 'read' || foreign.length === 0 || fd === 0) return [];
      const outputs = foreign.filter((one) => one.fd === 1 || one.fd === 2);
      const pids = pidsOf(foreign);
      if (pidsOf(outputs).length < pids.length) return [];
      if (!pids.every((pid) => isLeftBehind(scene, pid, process.pid, outputs))) return [];
      const [first = foreign[0]] = outputs;
      const who = pids.map((pid) => namePid(scene, pid, foreign)).join(', ');
      return [
        {
          root: {
            pid: first?.pid ?? process.pid,
            command: first?.command ?? '',
            thread: null,
            fd: first?.fd ?? null,
            place: name,
          },
          confidence: alone ? 0.9 : 0.85,
          summary: `pid ${process.pid} reads ${name} (fd ${fd}) to its end; who was started with it has ended, and ${who} holds it as output`,
          decidedBy: [
            `pid ${process.pid} ${wait.what}`,
            `who has it as stdout or stderr is no child of it, nor of a living child of it: ${who}`,
          ],
          ruledOut: ['a child that still runs: none of those that live has this output'],
          couldBe: [
            'a child that went to the background on purpose and still has something to say',
          ],
        },
      ];
    }),
};

/** It came from the reader once, and what stood between the two has ended. */
function isLeftBehind(
  { seen }: Scene,
  pid: number,
  reader: number,
  holders: readonly Holder[],
): boolean {
  if (seen.above?.includes(pid) === true) return false;
  const holder = holders.find((one) => one.pid === pid);
  let parent = seen.processes.get(pid)?.now.parent ?? holder?.parent ?? 0;
  if (parent === reader) return false;
  const steps = new Set<number>();
  for (let at = seen.processes.get(parent); at !== undefined && !steps.has(parent);) {
    steps.add(parent);
    if (at.now.parent === reader) return hasEnded(at.now);
    parent = at.now.parent;
    at = seen.processes.get(parent);
  }
  // Given to somebody above the tree, or to init: what had started it is gone.
  return parent === 1 || seen.above?.includes(parent) === true;
}
