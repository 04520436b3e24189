import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from '../../../src/core/ids.ts';
import { Census } from '../../../src/process/census.ts';
import { lineageOf, LINEAGE } from '../../../src/process/lineage.ts';
import { GroupTier } from '../../../src/process/tier/group-tier.ts';
import type { IsolatedStart } from '../../../src/sandbox/isolation/isolator.ts';

/** An attempt's start in the weakest tier, in a directory of its own below this one. */
export interface TestAttempt extends IsolatedStart {
  stdout(): string;
  stderr(): string;
}

export function attemptIn(
  parent: string,
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): TestAttempt {
  const runId = uuidv7();
  const token = uuidv7();
  const dir = mkdtempSync(join(parent, 'attempt-'));
  const [stdoutFile, stderrFile] = [join(dir, 'stdout.log'), join(dir, 'stderr.log')];
  return {
    spec: {
      argv,
      cwd: dir,
      env: {
        PATH: process.env['PATH'] ?? '',
        ...env,
        [LINEAGE]: lineageOf(undefined, { runId, token }),
      },
      stdoutFile,
      stderrFile,
    },
    tier: new GroupTier(runId, Census.fromNow(), 'of tests'),
    token,
    dir,
    world: null,
    stdout: () => readFileSync(stdoutFile, 'utf8'),
    stderr: () => readFileSync(stderrFile, 'utf8'),
  };
}
