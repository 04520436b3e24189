import type { Frame } from '../probes/stack.ts';
import type { HangClass, Scene } from './hang-class.ts';
import { isIdle } from './idle.ts';
import { isStuck } from './scene.ts';
import {
  nameStack,
  placeOfStack,
  rootOfStack,
  type StackOf,
  stacksByProcess,
  waitOfStack,
} from './stacks.ts';

/** The program is over, and Python waits for a thread that does not end. */
export const threadJoinAtExit: HangClass = {
  name: 'thread-join-at-exit',
  title: 'the program is over, and Python waits for a thread of it that does not end',
  causes: [
    'A thread that is no daemon waits for work that never comes, and nobody told it to end.',
    'An executor was not shut down while one of its tasks still waits.',
  ],
  fixes: [
    'Tell the thread to end and join it where the test ends; shut the executor down.',
    'Start it with daemon=True where nothing is lost with it.',
  ],
  decidedBy:
    "Python's stacks show the main thread in threading._shutdown, which joins what is left, and all other threads of Python at rest: that rules out a test that hangs, since the main thread has run to its end.",
  confusedWith: [
    {
      name: 'exit-blocked',
      toldApartBy:
        "there the framework says that all tests are over, or Node's inspector that only handles keep it.",
    },
    {
      name: 'python-lock',
      toldApartBy:
        'there a lock is what is waited for; a thread that is joined here may do just that.',
    },
    {
      name: 'lost-wake-up',
      toldApartBy:
        'from the kernel both are threads that wait to be woken; only the stack of the main thread says that the program is over.',
    },
  ],
  claim: (scene) =>
    [...stacksByProcess(scene, 'python').values()].flatMap((stacks) => {
      const main = stacks.find(({ pid, tid }) => pid === tid);
      if (main === undefined || !main.frames.some(isShutdown)) return [];
      const others = stacks.filter(
        (stack) => stack !== main && stack.of === 'thread' && stack.frames.length > 0,
      );
      // One that still works is waited for with reason.
      const awaited = others.filter((stack) => isResting(scene, stack));
      const [first] = awaited;
      if (first === undefined || awaited.length < others.length) return [];
      const wait = waitOfStack(scene, first);
      const doing = wait?.what ?? 'does not move';
      const isProven = wait !== undefined && isStuck(scene, wait);
      return [
        {
          root: rootOfStack(scene, first),
          confidence: !isProven ? 0.75 : awaited.length === 1 ? 0.92 : 0.87,
          summary: `the program of pid ${main.pid} is over, and it waits for ${nameStack(first)}, which ${doing} at ${placeOfStack(first)}`,
          decidedBy: [
            'its main thread is in threading._shutdown, which joins what is left',
            ...awaited.map(
              (stack) =>
                `${nameStack(stack)} ${waitOfStack(scene, stack)?.what ?? 'does not move'} at ${placeOfStack(stack)}`,
            ),
          ],
          ruledOut: ['a test that hangs: the main thread has run to its end'],
          couldBe: [
            ...(isProven ? [] : ['somebody who is only slow to answer that thread']),
            ...(awaited.length === 1
              ? []
              : [
                  'another of these threads is the one that is awaited: daemons are not told apart',
                ]),
          ],
        },
      ];
    }),
};

/** `threading._shutdown`, the last that runs of Python's code before it exits, since 3.8. */
function isShutdown({ function: name, file }: Frame): boolean {
  return name === '_shutdown' && (file ?? '').endsWith('/threading.py');
}

/** It does nothing, and nobody of the tree that it waits for will get on by himself. */
function isResting(scene: Scene, stack: StackOf): boolean {
  const wait = waitOfStack(scene, stack);
  if (wait === undefined || wait.kind === 'running' || wait.kind === 'time') return false;
  return !wait.sources.some(
    (source) =>
      (source.kind === 'end' || source.kind === 'process') &&
      source.pid !== stack.pid &&
      !isIdle(scene, source.pid),
  );
}
