import type { Frame } from '../stack.ts';
import type { MainState } from './node-process.ts';

/** What a Node says of itself. */
export interface NodeInside {
  readonly main: MainState;
  /** Of one that is busy. */
  readonly busy?: NodeBusy;
  /** What keeps its event loop, and what that does. */
  readonly resources?: NodeResources;
  /** Async functions that wait, those that nobody else of them awaits first. */
  readonly suspended?: readonly SuspendedFunction[];
  readonly workers?: readonly NodeWorkerInside[];
}

/** What a thread that never rests does. */
export interface NodeBusy {
  /** Null where it stopped answering before it could be told. */
  readonly reaches: QueuesReached | null;
  /** The stacks that it was met in, some 60 ms apart. */
  readonly pauses: readonly (readonly Frame[])[];
  /** The loop that the innermost function of the program is in; null where none was found. */
  readonly loop: LoopSeen | null;
}

/** Which of its queues a thread still gets to, by something that was put into each. */
export interface QueuesReached {
  readonly ticks: boolean;
  readonly microtasks: boolean;
  readonly immediates: boolean;
  readonly timers: boolean;
}

/** A loop in the source, and the variables around it over all pauses. */
export interface LoopSeen {
  readonly place: string;
  /** The text of the loop's condition. */
  readonly condition: string;
  /** `name = value` at the last pause. */
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** Nothing in the loop can change what its condition reads: no call, no assignment, no way out. */
  readonly isClosed: boolean;
}

export interface NodeResources {
  /** As `process.getActiveResourcesInfo()` says, each with how many there are. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly handles: readonly NodeHandle[];
  readonly timers: readonly NodeTimer[];
  readonly heapUsedBytes: number;
  /** Of Node's own version. */
  readonly major: number;
}

/** Something that keeps the event loop. */
export interface NodeHandle {
  /** `Server`, `Socket`, `ChildProcess`, `FSWatcher`, `MessagePort`, … */
  readonly kind: string;
  /** `127.0.0.1:8080`, `/tmp/x.sock`, `pid 12 (sleep 100)`. */
  readonly what: string;
  readonly fd: number | null;
  readonly pid: number | null;
}

export interface NodeTimer {
  readonly kind: 'timeout' | 'interval' | 'immediate';
  /** Milliseconds; 0 for an immediate. */
  readonly everyMs: number;
  /** Where its callback was written. */
  readonly place: string | null;
}

/** An async function that is suspended in an `await`. */
export interface SuspendedFunction {
  readonly function: string;
  readonly file: string | null;
  /** Of the `await`, from 1. */
  readonly line: number | null;
  /** Those that await it, the nearest first. */
  readonly awaitedBy: readonly Frame[];
}

export interface NodeWorkerInside {
  /** `worker 1`, as its thread id is. */
  readonly name: string;
  readonly script: string;
  /** `waits`: it stands in one place of its code, in `Atomics.wait`. */
  readonly state: 'running' | 'waits' | 'idle' | 'silent';
  readonly frames: readonly Frame[];
}
