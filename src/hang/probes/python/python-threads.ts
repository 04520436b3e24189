import { type TargetMemory, UnreadableMemory } from '../native/target-memory.ts';
import type { ObservedProcess, ObservedThread } from '../../observe/observation.ts';
import { sampleThread, type ThreadSample } from '../../observe/thread-sample.ts';
import type { Lock, Stack } from '../stack.ts';
import { pythonFrames, readFrame } from './python-frames.ts';
import { GIL_BYTES, type PythonLayout } from './python-layout.ts';
import type { PythonRuntime } from './python-runtime.ts';
import { lockAt, locksHeldIn } from './with-locks.ts';

const MOST_INTERPRETERS = 16;
const MOST_THREADS = 500;

/** The interpreter lock of an interpreter at one moment. */
interface InterpreterLock {
  readonly start: number;
  /** The thread state that has it; 0 for nobody. */
  readonly holder: number;
}

/**
 * Every thread that Python knows of, the innermost frame first.
 *
 * @throws {UnreadableMemory} where the memory is not as this version has it
 */
export function pythonThreads(
  memory: TargetMemory,
  runtime: PythonRuntime,
  layout: PythonLayout,
  process: ObservedProcess,
): Stack[] {
  const stacks: Stack[] = [];
  const first = memory.pointer(runtime.address + layout.runtime.interpreters);
  for (
    let interpreter = first, count = 0;
    interpreter !== 0 && count < MOST_INTERPRETERS;
    interpreter = memory.pointer(interpreter + layout.interpreter.next), count += 1
  ) {
    const gil = interpreterLock(memory, runtime, layout, interpreter);
    for (
      let state = memory.pointer(interpreter + layout.interpreter.threads);
      state !== 0 && stacks.length < MOST_THREADS;
      state = memory.pointer(state + layout.thread.next)
    ) {
      stacks.push(threadStack(memory, runtime, layout, process, state, gil));
    }
  }
  return stacks.map((stack) => unlessMoved(stack, process));
}

function interpreterLock(
  memory: TargetMemory,
  runtime: PythonRuntime,
  { gil }: PythonLayout,
  interpreter: number,
): InterpreterLock {
  const start =
    gil.in === 'runtime' ? runtime.address + gil.at : memory.pointer(interpreter + gil.at);
  const isLocked = memory.int32(start + gil.locked) === 1;
  return { start, holder: isLocked ? memory.pointer(start + gil.holder) : 0 };
}

function threadStack(
  memory: TargetMemory,
  runtime: PythonRuntime,
  layout: PythonLayout,
  process: ObservedProcess,
  state: number,
  gil: InterpreterLock,
): Stack {
  const tid = threadId(memory, layout, process, state);
  const thread = process.threads.find(({ now }) => now.tid === tid);
  const outer = memory.pointer(state + layout.thread.frame);
  const { through } = layout.thread;
  const innermost = through === null || outer === 0 ? outer : memory.pointer(outer + through);
  const frames = pythonFrames(memory, innermost, layout, runtime);
  const waitsFor = thread === undefined ? null : lockWaitedFor(thread, gil);
  const holds = frames.flatMap((frame) => locksHeldIn(memory, frame, layout));
  return {
    language: 'python',
    of: 'thread',
    tid,
    name: thread?.now.name ?? null,
    frames: frames.map((frame) => readFrame(memory, frame, layout)),
    ...(gil.holder === state ? { hasInterpreterLock: true as const } : {}),
    ...(waitsFor === null ? {} : { waitsFor }),
    ...(holds.length === 0 ? {} : { holds }),
  };
}

/** `tid` in glibc's and in musl's `struct pthread`, on x86-64 and on arm64. */
const TID_IN_PTHREAD: readonly number[] = [720, 208, 48, 56];

function threadId(
  memory: TargetMemory,
  { thread: { id, nativeId } }: PythonLayout,
  { threads }: ObservedProcess,
  state: number,
): number | null {
  const isThread = (tid: number): boolean => threads.some(({ now }) => now.tid === tid);
  if (nativeId !== null) {
    const tid = memory.pointer(state + nativeId);
    return isThread(tid) ? tid : null;
  }
  const pthread = memory.pointer(state + id);
  for (const offset of TID_IN_PTHREAD) {
    const tid = intAt(memory, pthread + offset);
    if (tid !== null && isThread(tid)) return tid;
  }
  return null;
}

function intAt(memory: TargetMemory, address: number): number | null {
  try {
    return memory.int32(address);
  } catch (error) {
    if (error instanceof UnreadableMemory) return null;
    throw error;
  }
}

/** What stands for the interpreter lock among locks. */
export const INTERPRETER_LOCK: Lock = { id: 'gil', kind: 'the interpreter lock' };

/**
 * The lock at whose futex a thread waits: Python's are semaphores, whose value comes first. Who waits
 * for the interpreter lock wakes every 5 ms to ask for it, and may be seen awake once.
 */
function lockWaitedFor({ before, now }: ObservedThread, gil: InterpreterLock): Lock | null {
  const [earlier, address] = [futexAddress(before), futexAddress(now)];
  const isGil = (at: number | null): boolean =>
    at !== null && at >= gil.start && at < gil.start + GIL_BYTES;
  if (isGil(address) || (isGil(earlier) && address === null)) return INTERPRETER_LOCK;
  return address !== null && hasStood(before, now) ? lockAt(address, 'lock') : null;
}

/** Between two samples a thread was in one call and did not run. */
function hasStood(before: ThreadSample, now: ThreadSample): boolean {
  return (
    before.syscall?.number === now.syscall?.number &&
    before.voluntarySwitches === now.voluntarySwitches &&
    before.involuntarySwitches === now.involuntarySwitches
  );
}

/** Less what a thread was said to wait for that has run since: its frames may be newer than that. */
function unlessMoved(stack: Stack, { pid, threads }: ObservedProcess): Stack {
  const { waitsFor, ...rest } = stack;
  if (waitsFor === undefined || waitsFor === INTERPRETER_LOCK || stack.tid === null) return stack;
  const seen = threads.find(({ now }) => now.tid === stack.tid)?.now;
  const after = sampleThread(pid, stack.tid);
  return seen !== undefined && after !== null && hasStood(seen, after) ? stack : rest;
}

function futexAddress({ syscall }: ThreadSample): number | null {
  return syscall?.name === 'futex' ? Number(syscall.args[0] ?? 0n) : null;
}
