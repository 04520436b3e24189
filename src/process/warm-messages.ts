import * as v from 'valibot';
import type { Entry } from './tier/tier.ts';

/** A line of JSON to a warm parent, on its descriptor 3. */
export type WarmRequest =
  /** Fork, make that of the fork, and say when it is ready to go. */
  | {
      /** Names the fork in the answer. */
      readonly fork: number;
      /** What stands in place of the parent's own arguments. */
      readonly args: readonly string[];
      readonly cwd: string;
      /** The whole environment. */
      readonly env: Readonly<Record<string, string>>;
      /** Files that are there, and that its output is to be appended to. */
      readonly stdout: string;
      readonly stderr: string;
      readonly entry: Entry;
    }
  /** Let that one go: it runs nothing of the suite before. */
  | { readonly go: number };

const pid = v.pipe(v.number(), v.integer(), v.minValue(1));

/** A line of JSON from a warm parent. */
export type WarmAnswer =
  /** Everything is imported. */
  | { readonly ready: number }
  /** Units are to be started one by one; why. */
  | { readonly unfit: string }
  /** It begins anew without those plugins. */
  | { readonly without: readonly string[]; readonly because: string }
  | { readonly forked: number; readonly pid: number }
  /** Nothing came of that one, and nothing of the suite was run. */
  | { readonly refused: number; readonly because: string }
  /** What waitpid(2) wrote of a fork. */
  | { readonly ended: number; readonly status: number };

const answer: v.GenericSchema<unknown, WarmAnswer> = v.union([
  v.strictObject({ ready: pid }),
  v.strictObject({ unfit: v.string() }),
  v.strictObject({ without: v.array(v.string()), because: v.string() }),
  v.strictObject({ forked: v.number(), pid }),
  v.strictObject({ refused: v.number(), because: v.string() }),
  v.strictObject({ ended: pid, status: v.number() }),
]);

/**
 * Parses a line from a warm parent.
 *
 * @throws where it is no answer: what runs there is not ours
 */
export function parseAnswer(line: string): WarmAnswer {
  return v.parse(answer, JSON.parse(line));
}
