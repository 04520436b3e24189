import type { Theorem } from './rule.ts';

/** A step of the configuration's set-up that failed; applied before the first unit. */
export const setUpFailed: {
  readonly name: string;
  readonly theorem: Theorem;
  readonly delaysMs: readonly number[];
} = {
  name: 'set-up-failed',
  theorem: {
    title: 'a step of [[setup]] failed',
    matches:
      'A command of [[setup]] could not be started, ended with another status than 0, ended before it was ready, or took longer than its "within". One of which it is proven that nothing in it can go on is not done again.',
    proof:
      'No unit has been started yet: a set-up step is run before all of them, in its own process tree, and what it left has been ended.',
    safe: 'By declaration: what stands in [[setup]] may be done again.',
    bounds: 'Two more starts, after 0.25 to 0.5 s and 1 to 2 s.',
    givesUp: 'No unit is run: all of them are cancelled, and the run ends with 6.',
    sources: ['docs/configuration.md'],
  },
  delaysMs: [500, 2_000],
};
