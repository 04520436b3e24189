import type { HangClass, Scene } from './hang-class.ts';
import { insideNodes } from './inside-nodes.ts';
import { rootOfThread } from './root-of-thread.ts';
import { isLongSleep, timeBound } from './time-bound.ts';
import { callText, tracedCalls } from './traced-calls.ts';

/** What it does between two pauses, where that was traced. */
function asked(scene: Scene, pid: number): string[] {
  const calls = tracedCalls(scene, pid).filter(
    ({ name, times }) => times > 1 && !/sleep|wait|poll|select/.test(name),
  );
  return calls.length === 0
    ? []
    : [`between two pauses it calls ${calls.slice(0, 3).map(callText).join('; ')}`];
}

/** Where the callback of its only kind of timer was written, where a Node told. */
function timerPlace(scene: Scene, pid: number): string | null {
  const timers = insideNodes(scene)
    .filter(({ process }) => process.pid === pid)
    .flatMap(({ inside }) => inside.resources?.timers ?? []);
  const places = new Set(timers.flatMap(({ place }) => place ?? []));
  return places.size === 1 ? ([...places][0] ?? null) : null;
}

/** Nothing moves the tree but its own timers. */
export const timersOnly: HangClass = {
  name: 'timers-only',
  title: 'nothing moves the tree but its own timers',
  causes: [
    'A timer that was never cleared keeps an event loop alive whose work is done.',
    'A loop asks again and again for something that never comes, with a pause in between.',
  ],
  fixes: [
    'Clear the interval where the work ends, or let it not keep the loop (unref()).',
    'Give a loop that asks again a number of times after which it fails, and says what it asked for.',
  ],
  decidedBy:
    'A process waits for its own timers or for short sleeps alone, and everybody else of the tree waits for others of it or for a time: that rules out a wait for anybody, since nobody has a means to wake it.',
  confusedWith: [
    {
      name: 'polling-for-a-file',
      toldApartBy:
        'there a trace of its calls shows which file it asks for; without one nothing tells them apart.',
    },
    {
      name: 'sleeping-long',
      toldApartBy: 'there it is one sleep of 10 s or more.',
    },
    {
      name: 'slow-not-hung',
      toldApartBy:
        'there something moves; of pauses between steps that do lead somewhere nothing tells from outside.',
    },
    {
      name: 'exit-blocked',
      toldApartBy: 'there the framework says that all tests are over.',
    },
    {
      name: 'asyncio-task-never-settles',
      toldApartBy: 'there the loop waits without a limit.',
    },
  ],
  claim: (scene) =>
    timeBound(scene)
      .filter(({ pace }) => !isLongSleep(pace))
      .map(({ process, pace }) => {
        const how =
          pace.kind === 'polls'
            ? `wakes ${pace.rate.toFixed(1)} times a second, does next to nothing, and ${pace.what}`
            : pace.what;
        return {
          root: rootOfThread(
            scene,
            { pid: process.pid, tid: process.pid },
            timerPlace(scene, process.pid),
          ),
          confidence: 0.52,
          summary: `pid ${process.pid} (${process.now.commandLine}) waits for its own timers only: it ${how}`,
          decidedBy: [
            `pid ${process.pid} ${how}`,
            ...asked(scene, process.pid),
            'no other process of the tree runs, and nobody outside is waited for',
          ],
          ruledOut: ['a wait for anybody: nobody else has a means to wake it'],
          couldBe: [
            'pauses between steps that do lead somewhere: a retry, a heartbeat, a slow start',
            'polling for a file or a port that never comes',
          ],
          undecided:
            'a trace of its system calls between two pauses: what it asks for, and the answer',
        };
      }),
};
