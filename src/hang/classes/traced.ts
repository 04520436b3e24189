import { commandLine } from '../../process/member.ts';
import type { HangClass } from './hang-class.ts';
import { mainWait } from './idle.ts';
import { restsThroughout } from './rests-throughout.ts';

/** A thread is held by whoever traces it. */
export const traced: HangClass = {
  name: 'traced',
  title: 'a process is held by a tracer that does not continue it',
  causes: [
    'A debugger waits at a prompt, at a breakpoint or for its own input.',
    'A tracer (strace, a sandbox, a coverage tool) has stopped itself, or waits for another process first.',
  ],
  fixes: [
    'Continue or detach in the tracer; when the tracer ends, what it traces goes on or ends.',
    'Start debuggers in batch mode, with stdin from /dev/null.',
  ],
  decidedBy:
    'The kernel has a thread as stopped for tracing (state t), TracerPid names who holds it, and nothing of the tree behind that moves: that rules out a stop by a signal, which would show state T.',
  confusedWith: [
    {
      name: 'stopped-by-signal',
      toldApartBy: 'there the kernel shows state T.',
    },
    {
      name: 'frozen',
      toldApartBy: 'there its control group is frozen, and no state t is shown.',
    },
  ],
  claim: (scene) =>
    scene.waits.flatMap((wait) => {
      const process = scene.seen.processes.get(wait.thread.pid);
      if (wait.kind !== 'traced' || process === undefined) return [];
      if (process.threads.find(({ now }) => now.state === 't')?.now.tid !== wait.thread.tid) {
        return [];
      }
      if (!restsThroughout(scene, wait)) return [];
      const tracer = process.now.tracer;
      const doing = mainWait(scene, tracer)?.what;
      const command =
        scene.seen.processes.get(tracer)?.now.commandLine ?? commandLine(tracer) ?? `pid ${tracer}`;
      return [
        {
          root: { pid: tracer, command, thread: null, fd: null, place: null },
          waiter: wait.thread,
          confidence: 0.93,
          summary: `pid ${process.pid} is held by its tracer, pid ${tracer} (${command.slice(0, 80)})${doing === undefined ? '' : `, which ${doing}`}`,
          decidedBy: [
            `the kernel has thread ${wait.thread.tid} as stopped for tracing (state t) in both looks`,
            `TracerPid of pid ${process.pid} is ${tracer}`,
          ],
          ruledOut: ['a stop by a signal: that would be state T'],
          couldBe: ['a tracer that is slow: it was not seen to run'],
        },
      ];
    }),
};
