import type { Wait } from '../graph/wait.ts';
import type { HangClass, Scene } from './hang-class.ts';
import { isStuck, waitsOfProcess } from './scene.ts';
import { placeOfStack, rootOfStack, type StackOf, stacksByProcess, waitOfStack } from './stacks.ts';
import { wakeupPairs } from './wakeup-pair.ts';

/** An asyncio loop with nothing to wait for, and tasks that wait for it. */
export const asyncioTaskNeverSettles: HangClass = {
  name: 'asyncio-task-never-settles',
  title: 'an event loop of Python has nothing left to wait for, and tasks still await something',
  causes: [
    'A Future, an Event, a Queue or a Lock that no task will ever set, fill or release.',
    'Two tasks that await each other; a task whose waker was cancelled or has failed unseen.',
  ],
  fixes: [
    'Look at who should settle what the innermost await waits for.',
    'Use asyncio.timeout() around awaits; a TaskGroup, which cancels the others where one fails.',
  ],
  decidedBy:
    "Python's stacks show tasks that still await and a loop that polls without a limit, for its own wake-up alone, while no other thread of the process does more than rest: that rules out a timer and a peer that is slow.",
  confusedWith: [
    {
      name: 'promise-never-settles',
      toldApartBy: 'there the process is a Node, and its inspector tells of the await.',
    },
    {
      name: 'silent-peer',
      toldApartBy: 'there a connection is waited for, from which the answer could come.',
    },
    {
      name: 'timers-only',
      toldApartBy: 'there the wait of the loop has a limit.',
    },
  ],
  claim: (scene) =>
    [...stacksByProcess(scene, 'python')].flatMap(([pid, stacks]) => {
      const loop = stacks.find((stack) => runsLoop(stack) && waitsForNothing(scene, stack));
      const tasks = stacks.filter(({ of }) => of === 'task');
      // Who awaits another task only waits for that one's cause.
      const first = tasks.find((task) => !awaitsTasks(task)) ?? tasks[0];
      const waits = waitsOfProcess(scene, pid);
      if (loop === undefined || first === undefined || !waits.every(onlyRests)) return [];
      const isProven = waits.every((wait) => isStuck(scene, wait));
      const lines = tasks.map((task) => `a task ${task.state ?? 'waits'} at ${placeOfStack(task)}`);
      const outer = first.frames.at(-1)?.function ?? 'a task';
      return [
        {
          root: rootOfStack(scene, first),
          confidence: isProven ? 0.93 : 0.7,
          summary: `${outer} of pid ${pid} ${first.state ?? 'waits'} at ${placeOfStack(first)}, and its event loop has neither a timer nor a channel that could bring it`,
          decidedBy: [
            'the loop polls without a limit, and only for its own wake-up',
            ...lines.slice(0, 8),
          ],
          ruledOut: [
            'a peer that is slow: the loop polls nobody else’s descriptor',
            'a timer: the loop waits without a limit',
          ],
          couldBe: isProven ? [] : ['another thread or process that is to wake the loop'],
        },
      ];
    }),
};

/** As a loop does and the idle threads of its executor; another wait may end, and wake the loop. */
function onlyRests({ kind }: Wait): boolean {
  return kind === 'futex' || kind === 'poll';
}

/**
 * Whether it waits for other tasks, which are nearer to the cause: for one, for what gathers several,
 * or in `asyncio.wait()`, which has a plain Future for that.
 */
function awaitsTasks({ state = '', frames }: StackOf): boolean {
  return (
    /(?:^|[ ._])(?:Task|GatheringFuture)$/.test(state) ||
    frames[0]?.file?.endsWith('/asyncio/tasks.py') === true
  );
}

function runsLoop({ of, frames }: StackOf): boolean {
  return (
    of === 'thread' &&
    frames.some(({ function: name, file }) => /(?:^|\.)run_forever$/.test(name) && isOfLoop(file))
  );
}

function isOfLoop(file: string | null): boolean {
  return /\/(?:asyncio|uvloop)\//.test(file ?? '');
}

/** Of all that its loop polls there is only what the process wakes itself with. */
function waitsForNothing(scene: Scene, stack: StackOf): boolean {
  const wait = waitOfStack(scene, stack);
  const process = scene.seen.processes.get(stack.pid);
  if (wait?.kind !== 'poll' || process === undefined) return false;
  const pairs = wakeupPairs(scene, process);
  return wait.fds.every((fd) => pairs.some(({ reading }) => reading.fd === fd));
}
