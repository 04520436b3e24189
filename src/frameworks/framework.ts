import type { TestResult } from '../core/attempt.ts';
import type { Ending } from '../core/ending.ts';
import type { FrameworkName, Unit, UnitKind } from '../core/unit.ts';

/**
 * What an adapter is: one folder in `frameworks/` with the same files in each (`detect.ts`,
 * `list.ts`, `command.ts`, `results.ts`, `index.ts`, and what it loads into the framework) and one
 * line in `registry.ts`. An adapter prints nothing, keeps no state and never retries; what it
 * throws for the user is a `PindownError`.
 */
export interface Framework {
  readonly name: FrameworkName;
  /** As people write it: `node:test`, `Vitest`. */
  readonly title: string;
  readonly unitKind: UnitKind;
  /**
   * `each`: a process of its own for every unit. `batch`: starting is dear and the framework
   * isolates files itself, so one process is given many units and says by file what ran.
   */
  readonly launching: 'each' | 'batch';
  /** Whether (and as what) the directory holds a suite of this framework; null if it does not. */
  detect(place: Place): Promise<Detection | null>;
  /**
   * The units that the framework's own command would run there, its configuration honoured,
   * sorted by path. May build first (Go, Rust).
   */
  list(suite: Suite, context: ListContext): Promise<readonly Unit[]>;
  /** The process that runs the job's units. */
  command(job: Job): Launch;
  /** What the units reported, by unit id; one entry for every unit of the job. */
  collect(job: Job, output: JobOutput): Promise<ReadonlyMap<string, Collected>>;
}

/** A directory to look at. */
export interface Place {
  /** Absolute. */
  readonly dir: string;
  /** The environment that the suite's processes get (scrubbed; `PATH` is the user's own). */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The user named this framework (`--framework`, `pindown.toml`): answer even without a sign of
   * it, or throw a `PindownError` that says what is missing and how to get it.
   */
  readonly forced: boolean;
}

export interface Detection {
  /**
   * How strong the sign is. 3: the project's own test command runs it. 2: the framework's own
   * configuration or manifest is there. 1: only a dependency, or files with telling names. Of
   * several the strongest is chosen; equals become a suite each.
   */
  readonly strength: 1 | 2 | 3;
  /** For people, after "node:test: ": `package.json runs "node --test test/"`. */
  readonly because: string;
  /** The framework's version where it is cheap to read (a package.json), else null. */
  readonly version: string | null;
  /** Arguments that the project's own command gives the framework, to be kept. */
  readonly args: readonly string[];
  /** What the adapter wants to find again in `Suite.data`. */
  readonly data: Readonly<Record<string, string | readonly string[]>>;
}

/** A suite as its adapter sees it. */
export interface Suite {
  readonly name: string;
  readonly framework: FrameworkName;
  /** The project's root, absolute and real; unit ids and paths are relative to it. */
  readonly projectRoot: string;
  /** The directory that the framework's own command would be run in, absolute and real. */
  readonly dir: string;
  /** Detected arguments, then the user's own. */
  readonly args: readonly string[];
  /** Extra environment of this suite from `pindown.toml`. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string | null;
  readonly data: Readonly<Record<string, string | readonly string[]>>;
}

export interface ListContext {
  /** The environment that the suite's processes get, the suite's own included. */
  readonly env: Readonly<Record<string, string>>;
  /** A directory of this run for what listing or building leaves; absolute, exists. */
  readonly scratch: string;
  /** A line of progress for people (`building 12 crates`). */
  say(line: string): void;
  /** Aborted on an interrupt: end child processes and reject. */
  readonly signal: AbortSignal;
  /** Runs a helper process to its end, within the limits; how adapters ask their framework. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<ProcessResult>;
}

export interface RunOptions {
  readonly cwd: string;
  /** Added to `ListContext.env`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; default 300,000. */
  readonly timeoutMs?: number;
  /** Bytes of each stream that are kept; default 64 MiB. */
  readonly maxBytes?: number;
}

export interface ProcessResult {
  readonly ending: Ending;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** One process to be started: one unit, or a batch of them. */
export interface Job {
  /**
   * The token that every record of this process must carry: the attempt's id, for a batch the
   * batch's. A record with another token is refused.
   */
  readonly token: string;
  readonly suite: Suite;
  readonly units: readonly Unit[];
  /** Absolute path of the file that the loaded reporter appends its records to; not there yet. */
  readonly resultsFile: string;
  /** A directory of this job's own; absolute, exists, empty. */
  readonly dir: string;
  /** How many processors a batch may use; 1 for a single unit. */
  readonly width: number;
}

export interface Launch {
  readonly argv: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  /** Added to the attempt's environment; null takes a variable out. */
  readonly env: Readonly<Record<string, string | null>>;
  /**
   * Where starting it is mostly the same for every unit: what does that once and then forks each,
   * by the messages of `process/warm-messages.ts`.
   */
  readonly warm?: {
    /** What is loaded there, for people. */
    readonly name: string;
    /** In the same directory, its environment less what is the attempt's own. */
    readonly parent: readonly [string, ...string[]];
    /** What a fork has in place of the parent's own arguments. */
    readonly args: readonly string[];
  };
}

/** What a job's process left behind for its adapter to read. */
export interface JobOutput {
  readonly ending: Ending;
  /** Absolute paths; both exist. */
  readonly stdoutFile: string;
  readonly stderrFile: string;
}

/** What one unit reported. */
export interface Collected {
  /** The framework said that it had begun this unit. */
  readonly begun: boolean;
  /**
   * The framework said that it had finished this unit and reported everything. False after a
   * crash, a kill or a `process.exit()` in a test.
   */
  readonly ended: boolean;
  readonly tests: readonly TestResult[];
  /** Failures outside any test: load, set-up, teardown, unhandled rejection. */
  readonly errors: readonly string[];
  /** The framework said that it did not find the unit's file, in these words; null if it did. */
  readonly unseen: string | null;
  /** Whether the process's exit status is what the framework gives for these results. */
  readonly exitAgrees: boolean;
  /** Records that were refused (foreign token, malformed), one line each; kept as evidence. */
  readonly refused: readonly string[];
}
