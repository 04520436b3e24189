import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Leak } from '../../../src/core/attempt.ts';
import type { Ending } from '../../../src/core/ending.ts';
import { LINEAGE, lineageOf } from '../../../src/process/lineage.ts';
import { Supervised } from '../../../src/process/supervised.ts';
import type { Tier } from '../../../src/process/tier/tier.ts';

/** What stays behind has so long between SIGTERM and SIGKILL, milliseconds. */
const GRACE_MS = 300;

export interface Played {
  /** The attempt's working directory. */
  readonly dir: string;
  /** Where the program has said what it leaves behind. */
  readonly truth: string;
  readonly ending: Ending;
  readonly leaks: readonly Leak[];
  readonly fault: string | null;
}

/**
 * Makes one attempt, as a run does: starts it in a directory of its own, waits for its end, and
 * ends what it left.
 *
 * @param command makes the command out of the file that the truth goes to
 */
export async function playAttempt(
  {
    tier,
    runId,
    scratch,
  }: { readonly tier: Tier; readonly runId: string; readonly scratch: string },
  token: string,
  command: (truth: string) => readonly [string, ...string[]],
): Promise<Played> {
  const dir = mkdtempSync(join(scratch, 'attempt-'));
  const truth = join(dir, 'truth');
  writeFileSync(truth, '');
  const supervised = await Supervised.start(
    {
      argv: command(truth),
      cwd: dir,
      env: {
        PATH: process.env['PATH'] ?? '',
        [LINEAGE]: lineageOf(process.env[LINEAGE], { runId, token }),
      },
      stdoutFile: join(dir, 'stdout'),
      stderrFile: join(dir, 'stderr'),
    },
    tier,
    token,
  );
  const ending = await supervised.ended;
  return { dir, truth, ending, ...(await supervised.settle(GRACE_MS)) };
}
