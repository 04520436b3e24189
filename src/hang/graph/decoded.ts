import type { Observation, ObservedProcess, ObservedThread } from '../observe/observation.ts';
import type { Syscall } from '../observe/thread-sample.ts';
import type { FutexFacts, Interest, Source, WaitKind } from './wait.ts';

/** What a decoder says of a system call that a thread is blocked in. */
export interface Decoded {
  readonly kind: WaitKind;
  readonly what: string;
  readonly fds?: readonly number[];
  readonly interests?: readonly Interest[];
  readonly place?: string;
  readonly limitMs?: number;
  readonly futex?: FutexFacts;
  readonly signals?: readonly number[] | null;
  readonly sources: readonly Source[];
}

/** A blocked thread with all that a decoder may look at. */
export interface Blocked {
  readonly thread: ObservedThread;
  readonly process: ObservedProcess;
  readonly call: Syscall;
  readonly seen: Observation;
}

/** A process of the tree, or somebody outside of it. */
export function fromProcess(pid: number, via: string, { processes }: Observation): Source {
  return processes.has(pid) ? { kind: 'process', pid, via } : { kind: 'outside', pid, via };
}
