import type { Observation, ObservedProcess } from '../observe/observation.ts';
import type { RepeatedCall } from './calls/repeated-call.ts';
import type { NodeInside } from './node/node-inside.ts';
import type { Stack } from './stack.ts';

/**
 * What asking may do to the one that is asked. `nothing`: its memory and `/proc` are read.
 * `starts-inspector`: a thread of its runtime answers, and goes on listening. `stops`: it stands
 * still meanwhile. `may-interrupt-calls`: some of its calls return EINTR (`epoll_wait`, `semop`, a
 * `recv` with a limit). `kills`: it is over afterwards.
 */
export type Disturbance =
  | 'nothing'
  | 'starts-inspector'
  | 'stops'
  | 'may-interrupt-calls'
  | 'kills';

/** What a probe may look at beside the process itself. */
export interface ProbeContext {
  readonly seen: Observation;
  /** What other probes have found by now. */
  readonly found?: readonly Finding[];
  /** Aborts at the probe's limit: whatever it started is to be ended. */
  readonly signal: AbortSignal;
  /** Takes what is known by now, which stands where there is no time for the rest. */
  readonly soFar: (answer: Answer) => void;
}

/** What a probe brings back. */
export interface Answer {
  readonly stacks: readonly Stack[];
  /** What the runtime says of itself, such as "Found one Java-level deadlock", a line each. */
  readonly said?: readonly string[];
  /** The system calls that it made while it was traced, the most frequent first. */
  readonly calls?: readonly RepeatedCall[];
  /** Of a Node: what its inspector told. */
  readonly node?: NodeInside;
  /** Why there is nothing, or not everything; null where nothing is missing. */
  readonly missing: string | null;
}

/** An answer, with who was asked by what. */
export interface Finding extends Answer {
  readonly probe: string;
  readonly disturbed: Disturbance;
  readonly pid: number;
  /** Milliseconds. */
  readonly tookMs: number;
}

/** One way to ask a process what it does, from outside. One file each. */
export interface Probe {
  /** kebab-case. */
  readonly name: string;
  readonly disturbs: Disturbance;
  /** It is given up after so long, milliseconds. */
  readonly limitMs: number;
  /** Whether it is worth asking, by what is already known. */
  applies(process: ObservedProcess): boolean;
  run(process: ObservedProcess, context: ProbeContext): Promise<Answer>;
}
