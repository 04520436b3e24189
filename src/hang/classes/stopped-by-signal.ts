import { namePid } from './channel.ts';
import type { HangClass } from './hang-class.ts';
import { restsThroughout } from './rests-throughout.ts';
import { rootOfWait } from './scene.ts';
import { stoppedOnes } from './stopped-thread.ts';

/** A process is stopped, and not since it used a terminal. */
export const stoppedBySignal: HangClass = {
  name: 'stopped-by-signal',
  title: 'a process is stopped by a signal, and nobody continues it',
  causes: [
    'Somebody sent SIGSTOP (a debugger, a supervisor, a test) and not SIGCONT, or has died before.',
    'Ctrl-Z at a terminal (SIGTSTP).',
  ],
  fixes: [
    'Continue it: kill -CONT PID.',
    'Continue in a finally block what is stopped; end a stopped process by SIGKILL.',
  ],
  decidedBy:
    'The kernel has the process as stopped (state T), and it was in no call that uses a terminal from the background: that rules out a tracer, which would show state t, and the terminal.',
  confusedWith: [
    {
      name: 'stopped-by-terminal-io',
      toldApartBy:
        'there it is stopped within a call on its terminal, with another group in the foreground.',
    },
    {
      name: 'traced',
      toldApartBy: 'there the kernel shows state t, and TracerPid who holds it.',
    },
    {
      name: 'frozen',
      toldApartBy: 'there its control group is frozen, and no state T is shown.',
    },
  ],
  claim: (scene) =>
    stoppedOnes(scene).flatMap(({ process, wait, terminal }) => {
      if (terminal !== null) return [];
      const rests = restsThroughout(scene, wait);
      return [
        {
          root: rootOfWait(scene, wait),
          confidence: rests ? 0.96 : 0.75,
          summary: `${namePid(scene, process.pid)} is stopped by a signal, and nobody continues it`,
          decidedBy: [`the kernel has pid ${process.pid} as stopped (state T)`],
          ruledOut: [
            'a tracer: that would be state t',
            'the terminal: it was in no call that uses one from the background',
          ],
          couldBe: ['somebody who stopped it on purpose, and is about to continue it'],
          ...(rests ? {} : { undecided: 'a longer look: somebody moves who might continue it' }),
        },
      ];
    }),
};
