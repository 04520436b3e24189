import type { TestResult } from '../../core/attempt.ts';
import type { Declared, Fault, Since } from '../../core/fault.ts';
import type { AttemptOutcome } from '../../core/outcome.ts';

/** What is known of an attempt that did not pass. No rule ever reads its output. */
export interface Failure {
  readonly outcome: AttemptOutcome;
  /** The process could not be started, and why; null where it ran. */
  readonly refused: Fault | null;
  /** How the process ended by the kernel's word, and whether that was our doing. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly endedByUs: boolean;
  /** Its unit's file, absolute; null where a unit has none. */
  readonly file: string | null;
  /** The framework itself, through its own channel, said that it did not find the file. */
  readonly unseen: string | null;
  readonly tests: readonly TestResult[];
  readonly errors: readonly string[];
  /** What the suite's own infrastructure wrote into `PINDOWN_INFRA_FAILURE_FILE`. */
  readonly declared: readonly Declared[];
}

/** The further observations that a proof may need, each made at once. */
export interface Look {
  /** Whether a path is there: any of three spaced looks that finds it decides. */
  presence(path: string): Promise<Presence>;
  /**
   * Whether the unit's file and what is checked out are those that were planned: the same inode,
   * the same `HEAD`, the same reflog.
   */
  sincePlan(path: string): Since;
  /** How often the kernel killed for memory while the attempt ran, and whom. */
  memoryKills(): MemoryKills;
  /** Who holds a file open for writing, for people; empty where nobody is seen. */
  writers(path: string): readonly string[];
}

type Presence =
  | { readonly kind: 'present' }
  | { readonly kind: 'absent'; readonly code: string }
  | { readonly kind: 'unknown'; readonly code: string };

interface MemoryKills {
  /** How far the counter of the control group grew; null where there is none to be read. */
  readonly counted: number | null;
  /** Whether another attempt ran at some time beside this one, whose process it may have been. */
  readonly alone: boolean;
  /** The counter that was read, for people. */
  readonly counter: string;
}

/**
 * What the observation came to. `holds`: the environment failed, and the unit may be run again.
 * Where it does not hold, the rule says why, and no other rule is asked. `final`: what was seen
 * proves besides that no further attempt can come to anything else.
 */
export type Proof =
  | { readonly holds: true; readonly because: string }
  | { readonly holds: false; readonly because: string; readonly final?: true };

/**
 * A closed reason to run a unit again: what it claims, what proves it, and why another attempt is
 * safe. Text that a process wrote never counts, since anybody can write it.
 */
export interface Rule {
  /** kebab-case, stable: it stands in reports. */
  readonly name: string;
  readonly theorem: Theorem;
  /** How long is waited before each further attempt, milliseconds, before jitter; their number is the bound. */
  readonly delaysMs: readonly number[];
  /** Whether fewer units run at once from then on. */
  readonly narrows: boolean;
  /** Whether it is of its kind at all; cheap, and looks at nothing else. */
  claims(failure: Failure): boolean;
  prove(failure: Failure, look: Look): Promise<Proof>;
}

/** The rule for people, as `pindown explain` prints it; full sentences. */
export interface Theorem {
  readonly title: string;
  readonly matches: string;
  readonly proof: string;
  readonly safe: string;
  readonly bounds: string;
  readonly givesUp: string;
  /** Where it is known from. */
  readonly sources: readonly string[];
}
