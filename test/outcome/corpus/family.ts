import type { Ending } from '../../../src/core/ending.ts';
import type { Fault } from '../../../src/core/fault.ts';
import type { FrameworkName } from '../../../src/core/unit.ts';

/** Text, line by line: what {@link linesOf} makes of it. */
export type Text = readonly string[];

type Files = Readonly<Record<string, Text>>;

/** Cases of one framework and one kind of fault; a file in `cases/`. */
export interface Family {
  readonly framework: FrameworkName;
  readonly about: string;
  readonly outputs: Readonly<Record<string, Output>>;
  readonly cases: readonly Case[];
}

/** What a process wrote, and how it ended; several cases may differ in what the rules see besides. */
export interface Output {
  /** How it came about, in one line. */
  readonly how: string;
  /** What `scripts/freeze-corpus.ts` runs; none where the output was written by hand. */
  readonly program?: Program | undefined;
  /** Files of the project that the adapter reads, of an output that was written by hand. */
  readonly files: Files;
  /** As its adapter listed it. */
  readonly unit: {
    readonly path: string;
    readonly file: string | null;
    readonly data: Readonly<Record<string, string>>;
  };
  /** Null where it is still to be frozen. */
  readonly run: Run | null;
}

/** What was run to get an output, so that it can be run again. */
export interface Program {
  readonly files: Files;
  readonly args: readonly string[];
  readonly patterns: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly executable: readonly string[];
  /** What is done between the listing of the unit and its start. */
  readonly upset: readonly Upset[];
}

export type Upset =
  | { readonly do: 'remove' | 'hold-for-writing'; readonly path: string }
  | { readonly do: 'chmod'; readonly path: string; readonly mode: string }
  | { readonly do: 'write'; readonly path: string; readonly text: Text };

/** A process that ran, or the start of one that was refused. */
export type Run =
  | {
      readonly kind: 'ran';
      readonly ending: Ending;
      readonly stdout: Text;
      readonly stderr: Text;
      /** The lines of its results file. */
      readonly records: Text;
      /** What its adapter reads besides, by name in the job's directory. */
      readonly jobFiles: Files;
    }
  | ({ readonly kind: 'refused'; readonly message: string } & Fault);

/** What the rules find when they look; all is as it was planned where nothing is said. */
export interface World {
  /**
   * The unit's file as each of the looks at it finds it, the last one for all that follow;
   * `replaced`: it is there with another inode; an errno: stat(2) itself fails.
   */
  readonly file: readonly FileState[];
  /** Whether it was there when the run was planned. */
  readonly planned: boolean;
  readonly checkout: 'same' | 'none' | 'moved' | 'branch' | 'reflog-written';
  readonly memory: {
    /** The kernel's count of kills for memory before and after; null where it has none. */
    readonly counter: readonly [before: number, after: number] | null;
    /** Whether another attempt ran, and when. */
    readonly beside: 'nobody' | 'from-its-start' | 'later' | 'over-by-then';
  };
  /** What this attempt's infrastructure wrote, and what that of another attempt did. */
  readonly declared: Text;
  readonly declaredElsewhere: Text;
  /** Who is seen with the file open for writing. */
  readonly writers: readonly string[];
  /** Why Pindown itself ended it, if it did. */
  readonly endedByUs?: 'hung' | 'timed-out' | 'cancelled' | undefined;
}

export const FILE_STATES = ['there', 'gone', 'replaced', 'EACCES', 'EIO', 'ELOOP'] as const;

export type FileState = (typeof FILE_STATES)[number];

export interface Case {
  readonly name: string;
  /** Which of the family's outputs. */
  readonly output: string;
  readonly world: World;
  /**
   * `real`: nothing may excuse it. `transient`: the environment failed, and this rule should say
   * so; null where none of ours could.
   */
  readonly label: 'real' | { readonly transient: string | null };
  /** Made to look like something that it is not. */
  readonly adversarial: boolean;
  /** How the label was made. */
  readonly because: string;
}

/** The lines of a text; where it ends with a line's end, the last of them is empty. */
export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

export function textOf(lines: Text): string {
  return lines.join('\n');
}
