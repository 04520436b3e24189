import { INTERPRETER_LOCK } from '../probes/python/python-threads.ts';
import type { ObservedThread } from '../observe/observation.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import {
  nameStack,
  placeOfStack,
  rootOfStack,
  type StackOf,
  stacksByProcess,
  waitOfStack,
} from './stacks.ts';

/** One thread of Python keeps the interpreter lock, and the others can't run. */
export const interpreterLockHogged: HangClass = {
  name: 'interpreter-lock-hogged',
  title: 'a thread keeps the interpreter lock, so that no other thread of Python runs',
  causes: [
    'A native function waits without releasing the interpreter lock (a C extension, ctypes.PyDLL).',
    'A call that computes in C for long: a regular expression that explodes, a huge number, sorting.',
  ],
  fixes: [
    'Look at the line of the holder: which native function does it call?',
    'Release the lock around what waits (Py_BEGIN_ALLOW_THREADS; ctypes.CDLL instead of PyDLL).',
    'Run what computes for long in a process of its own.',
  ],
  decidedBy:
    "Python's stacks name the thread that has the interpreter lock; it did not run at all or was busy for at least 70 % of the time, while others that wait for the lock ran for less than 10 %: that rules out a loop in Python code, which gives the lock away every 5 ms.",
  confusedWith: [
    {
      name: 'busy-in-user-code',
      toldApartBy:
        'the kernel shows the same busy thread; there no other thread starves for the interpreter lock.',
    },
    {
      name: 'python-lock',
      toldApartBy: 'there a lock of the program is waited for, and not that of the interpreter.',
    },
    {
      name: 'signal-wakeup-full',
      toldApartBy:
        'there the event loop is what starves, from whatever cause; that may be this one.',
    },
  ],
  claim: (scene) =>
    [...stacksByProcess(scene, 'python').values()].flatMap((stacks) => {
      const holder = stacks.find(({ hasInterpreterLock }) => hasInterpreterLock === true);
      const starved = stacks.filter(
        (stack) => stack.waitsFor?.id === INTERPRETER_LOCK.id && isStarved(scene, stack),
      );
      const [first] = starved;
      if (holder === undefined || first === undefined || holder === first) return [];
      return claimOf(scene, holder, starved) ?? [];
    }),
};

function claimOf(scene: Scene, holder: StackOf, starved: readonly StackOf[]): Claim | null {
  const thread = threadSeen(scene, holder);
  if (thread === undefined) return null;
  const who = nameStack(holder);
  const others = starved.map((stack) => `${nameStack(stack)} at ${placeOfStack(stack)}`).join(', ');
  const common = {
    root: rootOfStack(scene, holder),
    ruledOut: [
      'a loop in Python code: that gives the lock away every 5 ms, and the others would have run',
    ],
  };
  if (ranMs(thread) === 0) {
    const wait = waitOfStack(scene, holder);
    const what = wait?.what ?? 'waits';
    const isTimed = wait?.sources.every(({ kind }) => kind === 'time') ?? false;
    return {
      ...common,
      confidence: 0.95,
      summary: `${who} ${what} at ${placeOfStack(holder)} and keeps the interpreter lock meanwhile: ${others} can't run`,
      decidedBy: [
        `${who} has the interpreter lock and ${what}; it did not run between two looks`,
        `${others} waits for the interpreter lock`,
      ],
      couldBe: isTimed ? ['a pause in native code that ends by itself'] : [],
      ...(isTimed ? { undecided: 'one more look after that time' } : {}),
    };
  }
  if (ranMs(thread) < scene.seen.windowMs * MOSTLY) return null;
  return {
    ...common,
    confidence: 0.85,
    summary: `${who} computes in native code at ${placeOfStack(holder)} and keeps the interpreter lock: ${others} can't run`,
    decidedBy: [
      `${who} has the interpreter lock and ran, or waited for a processor, ${ranMs(thread).toFixed(0)} ms of ${scene.seen.windowMs.toFixed(0)} ms`,
      `${others} waits for the interpreter lock and hardly ran`,
    ],
    couldBe: ['a computation in C that only takes long'],
    undecided: 'two more looks at its line: one that only takes long gets on',
  };
}

const MOSTLY = 0.7;

/** Who waits for the lock wakes every 5 ms to ask for it; who gets it runs for 5 ms. */
const MOST_OF_STARVED = 0.1;

function isStarved(scene: Scene, stack: StackOf): boolean {
  const thread = threadSeen(scene, stack);
  if (thread === undefined) return false;
  const ranNs = (thread.now.cpuNs ?? 0) - (thread.before.cpuNs ?? 0);
  return ranNs / 1e6 < scene.seen.windowMs * MOST_OF_STARVED;
}

function threadSeen({ seen }: Scene, { pid, tid }: StackOf): ObservedThread | undefined {
  return seen.processes.get(pid)?.threads.find(({ now }) => now.tid === tid);
}

/** On a processor or waiting for one: the same on a loaded machine. */
function ranMs({ before, now }: ObservedThread): number {
  const ran = (now.cpuNs ?? 0) - (before.cpuNs ?? 0);
  const delayed = (now.runDelayNs ?? 0) - (before.runDelayNs ?? 0);
  return (ran + delayed) / 1e6;
}
