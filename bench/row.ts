/** One figure of a benchmark. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  /** The smallest and the largest of the samples that the value is the median of. */
  readonly range?: readonly [least: number, most: number];
  /** What the value is to be at most; null where it only informs. */
  readonly goal: number | null;
  readonly unit: string;
}

/** What one benchmark came to. */
export type BenchResult =
  | {
      readonly kind: 'measured';
      readonly rows: readonly BenchRow[];
      /** How it was measured: what was run, how often; whole sentences. */
      readonly how: string;
    }
  /** It can't be measured here: what is missing, and how to get it. */
  | { readonly kind: 'skipped'; readonly because: string };

/** A benchmark that can be named on the command line. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  run(context: BenchContext): Promise<BenchResult>;
}

export interface BenchContext {
  /** The built `pindown`, an absolute path. */
  readonly pindown: string;
  /** Scratch directories of this benchmark go below this one. */
  readonly scratch: string;
  /** What every measured command starts from. */
  readonly env: Readonly<Record<string, string>>;
  /** Processors that this process may use; both sides get as many workers. */
  readonly workers: number;
  /** How often a benchmark measures, which of itself would do so `usual` times. */
  rounds(usual: number): number;
  /** A line of progress. */
  say(line: string): void;
}
