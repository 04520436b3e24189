import * as v from 'valibot';
import { duration, type Group, group } from './values.ts';

/** What is done with a unit that hangs. */
export const ON_HANG = ['kill', 'hold', 'report'] as const;

export interface HangGroup {
  /** Milliseconds. */
  readonly after?: number | undefined;
  readonly 'on-hang': (typeof ON_HANG)[number];
}

/** `[hang]`: when a unit that stands still is looked at, and what is done with it. */
export const hangGroup: Group<HangGroup> = group({
  after: v.pipe(
    v.optional(duration),
    v.description(
      'A unit in which nothing moves for so long (no output, result, CPU, I/O or process that comes or goes) is looked at from outside; where two looks prove that it can never go on, it ends as hung, long before its time-out. Default: the larger of 30 s and five times its longest clean duration.',
    ),
  ),
  'on-hang': v.pipe(
    v.optional(v.picklist(ON_HANG, 'Expected "kill", "hold" or "report"'), 'kill'),
    v.description(
      'What is done with a unit that hangs, once it was looked at: "kill" ends it; "hold" stops its processes for a debugger: the run waits until somebody ends them or lets them go on, and what is held ends with the run; "report" leaves it until its time-out. Default: "kill".',
    ),
  ),
});
