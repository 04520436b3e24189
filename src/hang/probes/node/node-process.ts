import { basename } from 'node:path';
import { readProcFile } from '../../../process/proc-stat.ts';
import { activityOf } from '../../classes/activity.ts';
import { hasSignal } from '../../observe/process-sample.ts';
import type { ObservedProcess } from '../../observe/observation.ts';
import { sampleThread } from '../../observe/thread-sample.ts';

/** SIGUSR1's number on x86-64 and arm64. */
const SIGUSR1 = 10;

/** Whether a process is a Node: by its program, or by the library that others bring Node along in. */
export function isNode({ pid, now }: ObservedProcess): boolean {
  const name = basename(now.executable ?? '').replace(/ \(deleted\)$/, '');
  return (
    /^node(?:js)?[\d.]*$/.test(name) ||
    /\/libnode\.so/.test(readProcFile(`/proc/${pid}/maps`) ?? '')
  );
}

/**
 * Whether SIGUSR1 may be sent: the handler that starts the inspector is there. Without one it would
 * kill (`--disable-sigusr1`, a Node that only begins).
 */
export function catchesInspectorSignal({ now }: ObservedProcess): boolean {
  const { caught, blocked } = now.signals;
  return hasSignal(caught, SIGUSR1) && !hasSignal(blocked, SIGUSR1);
}

/** What the thread that runs its JavaScript is at, as the kernel shows it. */
export type MainState =
  /** It runs, all the time. */
  | 'busy'
  /** Its event loop waits: what it is asked is answered at once. */
  | 'idle'
  /** It waits for another thread: `Atomics.wait`, or a lock of native code. */
  | 'futex'
  /** It is inside a call of its own, such as `execFileSync`: nothing of JavaScript is answered. */
  | 'native';

/** A thread that ran for so much of the time in which it had not to wait for a processor is busy. */
const BUSY = 0.5;

/** Decided from outside, before anybody is asked: the inspector makes a thread run. */
export function mainState(process: ObservedProcess): MainState {
  const { pid, threads } = process;
  const main = threads.find(({ now }) => now.tid === pid);
  if (main === undefined) return 'native';
  const { now } = main;
  const [activity] = activityOf({ ...process, threads: [main] }).threads;
  if (activity !== undefined && activity.active > BUSY) return 'busy';
  // Who just woke when it was looked at rests again by now; who began to work does not.
  const last = now.syscall === null ? (sampleThread(pid, pid) ?? now) : now;
  const { name = null, args = [] } = last.syscall ?? {};
  if (name === 'futex') return 'futex';
  if (name?.startsWith('epoll_') !== true) return last.state === 'R' ? 'busy' : 'native';
  return inNestedLoop(args[0] ?? 0n, process) ? 'native' : 'idle';
}

/**
 * A synchronous child has a loop of its own for as long as it lives, and the main one, which was
 * there before, rests. The first of all is that of the tracing agent, which hardly ever runs.
 */
function inNestedLoop(waitsAt: bigint, { threads, descriptors }: ObservedProcess): boolean {
  const waited = new Set(threads.map(({ now }) => now.syscall?.args[0]));
  const [, ...loops] = descriptors.list
    .filter(({ kind }) => kind === 'epoll')
    .map(({ fd }) => BigInt(fd))
    .toSorted((a, b) => Number(a - b));
  return loops.some((fd) => fd < waitsAt && !waited.has(fd));
}
