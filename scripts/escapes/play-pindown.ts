import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnitResult } from '../../src/core/attempt.ts';
import type { Tier } from '../../src/core/run.ts';
import type { EscapeSuite } from '../../test/process/tier/escape-suite.ts';
import { isHeld, isThere, readTruth } from '../../test/process/tier/truth.ts';
import { endAll, run } from './play-plain.ts';

const BIN = join(import.meta.dirname, '../../bin/pindown.js');

/** What a run in a tier made of the escape. */
export type PindownResult =
  | { readonly kind: 'no such tier'; readonly tier: Tier }
  | {
      readonly kind: 'ran';
      readonly status: number | null;
      readonly outcome: string;
      /** How many processes the program left, how many of them still lived, and had no name. */
      readonly started: number;
      readonly left: number;
      readonly unnamed: number;
    };

interface Report {
  readonly run: { readonly tier: Tier };
  readonly units: readonly UnitResult[];
}

/** It ends by itself, on a loaded machine only later; milliseconds. */
const PATIENCE_MS = 300_000;

/** Runs a suite by Pindown in a tier, and ends what that leaves. */
export async function playPindown(tier: Tier, suite: EscapeSuite): Promise<PindownResult> {
  const out = join(suite.dir, 'out');
  const argv = ['run', '--tier', tier, '--retries', '0', '--out', out] as const;
  const status = await run([process.execPath, BIN, ...argv], suite, PATIENCE_MS);
  const truth = readTruth(suite.truth);
  const left = truth.filter(isThere).length + (isHeld(suite.truth) ? 1 : 0);
  await endAll(suite);
  const file = join(out, 'report.json');
  if (!existsSync(file)) throw new Error(readFileSync(join(suite.dir, 'output'), 'utf8'));
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  if (report.run.tier !== tier) return { kind: 'no such tier', tier: report.run.tier };
  const unit = report.units.find(({ path }) => path === suite.path);
  const leaks = unit?.attempts.flatMap((attempt) => attempt.leaks) ?? [];
  const named = new Set(leaks.map(({ pid, startTime }) => `${pid}:${startTime}`));
  const unnamed = truth.filter(({ pid, startTime }) => !named.has(`${pid}:${startTime}`)).length;
  const outcome = unit?.outcome ?? 'not there';
  return { kind: 'ran', status, outcome, started: truth.length, left, unnamed };
}
