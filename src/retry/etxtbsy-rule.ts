import { isSystemFault } from './system-fault.ts';
import type { TransientRule } from './transient-rule.ts';

/**
 * `ETXTBSY` at exec: somebody has the program open for writing (execve(2)).
 *
 * Why it happens to a file that was written and closed: another thread forked in between, and its
 * child holds a copy of the descriptor until its own exec closes it
 * (https://github.com/golang/go/issues/22315). That takes a few milliseconds, so the fault goes
 * away by itself; and nothing was started, so starting again is safe. Not this fault: `ETXTBSY` of
 * `open`, which is about writing to a program that runs.
 *
 * Calls at 0, 5, 15, 35, 75 and 155 ms, six in all. There is no jitter: the others' retries write
 * nothing. The deadline only bounds what calls that are slow themselves add.
 */
export const ETXTBSY_RULE: TransientRule = {
  name: 'etxtbsy',
  when: (error) => isSystemFault(error, { codes: ['ETXTBSY'], calls: ['spawn', 'spawnSync'] }),
  attempts: 6,
  deadlineMs: 10_000,
  pace: { baseMs: 5, factor: 2, capMs: 80, jitter: 'none' },
};
