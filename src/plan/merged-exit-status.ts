import { EXIT, exitStatus, graverStatus } from '../core/exit-status.ts';
import type { Cover } from './merge.ts';

/**
 * The exit status of a merged run: that of the merged totals. What the shards' own runs were told
 * holds for the whole: where one ended red for flaky units, flaky is red. And a shard whose
 * environment failed, or whose working tree was changed, is never covered up by better totals.
 */
export function mergedExitStatus(cover: Cover, failOnFlaky: boolean): number {
  const ends = cover.parts.map(({ end }) => end);
  const status = exitStatus(cover.totals, {
    failOnFlaky: failOnFlaky || ends.some(({ exitCode }) => exitCode === EXIT.flaky),
    interrupt: null,
    tooManyFlaky: ends.some(({ exitCode, stopped }) => exitCode === EXIT.flaky && stopped !== null),
  });
  // What happened around a part's units is in no totals.
  return ends
    .map(({ exitCode }) => exitCode)
    .filter((code) => code === EXIT.environment || code === EXIT.leaked)
    .reduce(graverStatus, status);
}
