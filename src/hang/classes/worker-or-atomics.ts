import type { Wait } from '../graph/wait.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import type { Claim, HangClass, Scene } from './hang-class.ts';
import { movesByItself } from './idle.ts';
import { insideNodes } from './inside-nodes.ts';
import { ownPlace } from './own-place.ts';
import { rootOfThread } from './root-of-thread.ts';
import { runtimeOf } from './runtime-of.ts';
import { isStuck, living, waitsOfProcess } from './scene.ts';

/** A thread of Node that runs JavaScript sleeps outside of its event loop. */
export const workerOrAtomics: HangClass = {
  name: 'worker-or-atomics',
  title: 'a thread of Node waits outside of its event loop: in Atomics.wait, or for a worker',
  causes: [
    'Atomics.wait without a time limit, and nobody calls Atomics.notify.',
    'Who should notify needs the event loop of the thread that waits (a message, a timer, output of a worker).',
    'A worker ended, by an error or of its own accord, before it notified.',
  ],
  fixes: [
    'Use Atomics.waitAsync, or await a message, so that the loop goes on.',
    "Give Atomics.wait a time limit; listen for the worker's 'error' and 'exit' elsewhere than in the thread that waits.",
  ],
  decidedBy:
    'A thread of Node sleeps without a limit at an address where no other thread waits, nothing of the process moves, and at least two of its event loops are polled by no thread, where at rest it is one: that rules out a loop that rests and the threads of the pools.',
  confusedWith: [
    {
      name: 'lost-wake-up',
      toldApartBy: 'there the process is no Node.',
    },
    {
      name: 'promise-never-settles',
      toldApartBy: 'there the event loop is polled, and rests.',
    },
  ],
  claim: (scene) => living(scene).flatMap((process) => claimOf(scene, process) ?? []),
};

function claimOf(scene: Scene, process: ObservedProcess): Claim | null {
  const { pid } = process;
  if (runtimeOf(process) !== 'node') return null;
  const waits = waitsOfProcess(scene, pid);
  if (waits.some((wait) => movesByItself(wait) && !isHousekeeping(process, wait))) return null;
  const deserted = loopsWithoutThread(process);
  const sleepers = waits.filter((wait) => isSleeper(wait, waits));
  const main = sleepers.find(({ thread }) => thread.tid === pid);
  const worker = sleepers.find(
    ({ thread }) => thread.tid !== pid && isNamedForJavaScript(process, thread.tid),
  );
  const sleeper = main ?? worker;
  if (sleeper === undefined || deserted.length < DESERTED) return null;
  const { tid } = sleeper.thread;
  const who = main === undefined ? `a worker (thread ${tid})` : 'the main thread';
  return {
    root: rootOfThread(scene, sleeper.thread, main === undefined ? workerPlace(scene, pid) : null),
    confidence: main === undefined ? 0.75 : 0.88,
    summary: `${who} of pid ${pid} waits for another thread outside of its event loop (Atomics.wait, or a join): ${sleeper.what}`,
    decidedBy: [
      `thread ${tid} ${sleeper.what}, without a limit and at an address at which no other thread waits`,
      `of its event loops, those of fd ${deserted.join(', ')} are polled by no thread; at rest it is one`,
    ],
    ruledOut: [
      'a loop that rests: a thread at rest polls its loop',
      'the threads of the pools: those wait together at one address',
    ],
    couldBe: ['a native module that waits for a thread of its own: its stack would tell'],
    // The workers of a pool rest so between two tasks, while a server waits for its clients.
    ...(main === undefined && !isStuck(scene, sleeper)
      ? { undecided: 'whether its pool has a task that it should work at: the stacks would tell' }
      : {}),
  };
}

/** Where the worker stands that does not rest in its loop, where it was asked and there is one. */
function workerPlace(scene: Scene, pid: number): string | null {
  const workers = insideNodes(scene)
    .filter(({ process }) => process.pid === pid)
    .flatMap(({ inside }) => inside.workers ?? [])
    .filter(({ state }) => state === 'running');
  const [worker, another] = workers;
  return worker === undefined || another !== undefined ? null : ownPlace([worker.frames]);
}

/** The first thread that Node starts has V8's own timers, such as that of its garbage collector. */
function isHousekeeping({ threads }: ObservedProcess, { kind, thread }: Wait): boolean {
  return kind === 'time' && thread.tid === threads[1]?.now.tid;
}

/** Node makes one loop at its start that it never runs; one more is that of the thread that sleeps. */
const DESERTED = 2;

/** The epoll sets of a process in which no thread waits. */
function loopsWithoutThread({ descriptors, threads }: ObservedProcess): number[] {
  const polled = new Set(
    threads.flatMap(({ now: { syscall } }) =>
      syscall?.name?.startsWith('epoll_') === true ? [Number(syscall.args[0])] : [],
    ),
  );
  return descriptors.list
    .filter(({ kind, fd }) => kind === 'epoll' && !polled.has(fd))
    .map(({ fd }) => fd);
}

/** It sleeps on a futex alone; threads of a pool share theirs. */
function isSleeper({ futex, thread }: Wait, waits: readonly Wait[]): boolean {
  if (futex?.shape !== 'condition' && futex?.shape !== 'other') return false;
  return !waits.some(
    (other) => other.thread.tid !== thread.tid && other.futex?.address === futex.address,
  );
}

/** Threads of Node's own are named for what they do, those of JavaScript for the program. */
function isNamedForJavaScript({ threads }: ObservedProcess, tid: number): boolean {
  const name = threads.find(({ now }) => now.tid === tid)?.now.name ?? '';
  return !OWN_THREADS.test(name);
}

const OWN_THREADS = /V8Worker|SignalInspector|DelayedTask|libuv-worker|inspector|iou-/i;
