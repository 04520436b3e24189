import { isAncestor } from './idle.ts';
import type { Frame } from '../probes/stack.ts';
import type { HangClass, Scene } from './hang-class.ts';
import {
  isOfLibrary,
  nameStack,
  placeOfStack,
  rootOfStack,
  type StackOf,
  stacksIn,
} from './stacks.ts';

/** Who waits for a multiprocessing.Pool's result that no worker works at. */
export const poolLostTask: HangClass = {
  name: 'pool-lost-task',
  title: 'a result of a multiprocessing.Pool is awaited, and none of its workers works at it',
  causes: [
    'A worker died in the middle of its task (killed, out of memory, os._exit, a crash in C): the pool starts another one, and the task is lost.',
    'A worker died while it held the lock of the queue, so that no other gets a task.',
  ],
  fixes: [
    'Use concurrent.futures.ProcessPoolExecutor, which fails with BrokenProcessPool.',
    'Give get() a timeout; look for workers that ended by a signal.',
  ],
  decidedBy:
    "By Python's stacks a thread waits for a result of its pool, all workers are at the queue of tasks and none is in a task: that rules out a task that takes long or hangs.",
  confusedWith: [
    {
      name: 'mutual-read',
      toldApartBy:
        'from the kernel both are processes that wait for each other; only the stacks show the pool and the queue of its tasks.',
    },
    {
      name: 'zombie-unreaped',
      toldApartBy: 'there the child that has ended is still a zombie.',
    },
    {
      name: 'python-lock',
      toldApartBy:
        "there a thread is in an acquire of the program's own code, and not in the library's queue.",
    },
  ],
  claim(scene) {
    const stacks = stacksIn(scene, 'python');
    const awaiting = stacks.filter(({ frames }) => awaitsResult(frames));
    return awaiting.flatMap((waiter) => {
      const workers = stacks.filter(
        ({ pid, tid, frames }) =>
          pid === tid && isAncestor(scene, waiter.pid, pid) && frames.some(isWorkerLoop),
      );
      if (workers.length === 0 || !workers.every((worker) => hasNoTask(scene, worker))) return [];
      if (stacks.some((stack) => stack.pid === waiter.pid && makesTasks(stack))) return [];
      const pids = workers.map(({ pid }) => pid).join(', ');
      return [
        {
          root: rootOfStack(scene, waiter),
          confidence: 0.93,
          summary: `${nameStack(waiter)} waits at ${placeOfStack(waiter)} for a result of its pool, and each of its workers (pid ${pids}) waits for a task`,
          decidedBy: [
            `${nameStack(waiter)} is in multiprocessing/pool.py, waiting for a result`,
            `all ${workers.length} workers are at the queue of tasks, and none is in a task`,
          ],
          ruledOut: ['a task that takes long or hangs: no worker has one'],
          couldBe: ['a result that could not be unpickled, which ends the thread that takes them'],
        },
      ];
    });
  },
};

function inPool({ file }: Frame): boolean {
  return (file ?? '').endsWith('/multiprocessing/pool.py');
}

/** `AsyncResult.get` and `wait`, `IMapIterator.next`: the class stands before the name since 3.11. */
function awaitsResult(frames: readonly Frame[]): boolean {
  const at = frames.findIndex(inPool);
  return (
    frames
      .slice(at, at + 2)
      .some((frame) => inPool(frame) && /(?:^|\.)(?:get|next)$/.test(frame.function)) &&
    !frames.some(isWorkerLoop)
  );
}

/** The tasks come from a generator of the program's own, which is not through. */
function makesTasks({ frames, language }: StackOf): boolean {
  return (
    frames.some((frame) => inPool(frame) && /(?:^|\.)_handle_tasks$/.test(frame.function)) &&
    frames.some((frame) => !isOfLibrary(frame, language))
  );
}

function isWorkerLoop(frame: Frame): boolean {
  return inPool(frame) && frame.function === 'worker';
}

/** The task's own frames lie between the worker's loop and the innermost one. */
function hasNoTask(scene: Scene, { pid, tid, frames }: StackOf): boolean {
  const loop = frames.findIndex(isWorkerLoop);
  const within = frames.slice(0, loop);
  const fetches = within.some(
    ({ function: name, file }) =>
      /(?:^|\.)get$/.test(name) && (file ?? '').endsWith('/multiprocessing/queues.py'),
  );
  const wait = scene.waits.find(({ thread }) => thread.pid === pid && thread.tid === tid);
  return fetches && wait?.kind !== 'running';
}
