import fc from 'fast-check';
import type { Source, Wait } from '../../../src/hang/graph/wait.ts';

/** Threads 100, 101, … of processes 1, 2, …, some of which have more than one thread. */
const MOST_THREADS = 12;
const MOST_PROCESSES = 5;

const pids = fc.integer({ min: 1, max: MOST_PROCESSES });
const tids = fc.integer({ min: 100, max: 100 + MOST_THREADS - 1 });

/** A source that leads to somebody of the tree. */
const inner: fc.Arbitrary<Source> = fc.oneof(
  pids.map((pid): Source => ({ kind: 'process', pid, via: 'a process' })),
  pids.map((pid): Source => ({ kind: 'end', pid, via: 'an end' })),
  fc.tuple(pids, tids).map(([pid, tid]): Source => ({ kind: 'thread', pid, tid, via: 'a thread' })),
);

/** A source that ends a wait by itself. */
export const outer: fc.Arbitrary<Source> = fc.constantFrom(
  { kind: 'outside', pid: null, via: 'somebody' },
  { kind: 'time', via: 'a time' },
  { kind: 'ready', via: 'there' },
  { kind: 'unknown', via: 'not known' },
);

export const source: fc.Arbitrary<Source> = fc.oneof(
  { weight: 5, arbitrary: inner },
  { weight: 1, arbitrary: outer },
);

/** A wait of one thread for any of its sources. */
export function waitOf(pid: number, tid: number, sources: readonly Source[]): Wait {
  return { thread: { pid, tid }, kind: 'unknown', what: `thread ${tid} waits`, fds: [], sources };
}

/** Waits of up to twelve threads, each in one process, and each for up to four sources. */
export const waitLists: fc.Arbitrary<Wait[]> = fc
  .array(fc.tuple(pids, fc.array(source, { maxLength: 4 })), {
    minLength: 1,
    maxLength: MOST_THREADS,
  })
  .map((list) => list.map(([pid, sources], index) => waitOf(pid, 100 + index, sources)));
