import * as v from 'valibot';
import { duration, type Group, group, wholeNumber } from './values.ts';

export interface RunGroup {
  readonly workers?: number | undefined;
  /** Milliseconds, as `grace`. */
  readonly timeout: number;
  readonly grace: number;
  readonly retries: number;
  /** Milliseconds. */
  readonly 'lease-wait': number;
  readonly 'max-flaky'?: number | undefined;
  readonly 'fail-fast'?: number | undefined;
  readonly 'fail-on': readonly ('flaky' | 'uninvestigated')[];
  readonly order: 'duration' | 'failed-first' | 'path' | 'random';
  readonly 'keep-runs': number;
}

/** `[run]`: how a run goes; every one can be given on the command line, too. */
export const runGroup: Group<RunGroup> = group({
  workers: v.pipe(
    v.optional(wholeNumber(1)),
    v.description('How many processes run at once. Default: the processors that Pindown may use.'),
  ),
  timeout: v.pipe(
    v.optional(duration, 300),
    v.description('How long a unit may take, in seconds or as "5m". Default: 300 s.'),
  ),
  grace: v.pipe(
    v.optional(duration, 10),
    v.description('How long a process has between SIGTERM and SIGKILL. Default: 10 s.'),
  ),
  retries: v.pipe(
    v.optional(wholeNumber(0), 1),
    v.description('Further attempts of a failed unit, each in a fresh process. Default: 1.'),
  ),
  'lease-wait': v.pipe(
    v.optional(duration, 600),
    v.description(
      'How long a unit waits for what it needs of [resources] before it is blocked. Default: 600 s.',
    ),
  ),
  'max-flaky': v.pipe(
    v.optional(wholeNumber(0)),
    v.description('Stop the run once more units than that were flaky. Default: never.'),
  ),
  'fail-fast': v.pipe(
    v.optional(wholeNumber(1)),
    v.description('Stop the run once so many units have failed. Default: never.'),
  ),
  'fail-on': v.pipe(
    v.optional(
      v.array(v.picklist(['flaky', 'uninvestigated'], 'Expected "flaky" or "uninvestigated"')),
      [],
    ),
    v.description(
      'What makes a green run red, with exit status 3: "flaky", a unit that was; "uninvestigated", a flake met again that no entry of the ledger covers. Default: nothing.',
    ),
  ),
  order: v.pipe(
    v.optional(
      v.picklist(
        ['duration', 'failed-first', 'path', 'random'],
        'Expected "duration", "failed-first", "path" or "random"',
      ),
      'duration',
    ),
    v.description('What is run first. Default: "duration", the longest first.'),
  ),
  'keep-runs': v.pipe(
    v.optional(wholeNumber(1), 20),
    v.description('So many runs keep their directory in .pindown/runs. Default: 20.'),
  ),
});
