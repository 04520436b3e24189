/**
 * Looks for the processes of an attempt that has 500, in one tier, as often as it is told, and
 * prints what each look took. A process of its own, since some tiers change all of theirs.
 *
 *     node bench/census-worker.ts TIER LOOKS DIRECTORY
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from '../src/core/ids.ts';
import { TIERS } from '../src/core/run.ts';
import { LINEAGE, lineageOf } from '../src/process/lineage.ts';
import { Supervised } from '../src/process/supervised.ts';
import { chooseTier } from '../src/process/tier/choose-tier.ts';

/** One census: milliseconds, and how many it found. */
export interface CensusLook {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly found: number;
}

const PROCESSES = 500;

/** Each is one process; the shell that waits for them is the 500th. */
const STORM = `i=1; while [ $i -lt ${PROCESSES} ]; do sleep 600 & i=$((i + 1)); done; wait`;

async function main(): Promise<void> {
  const [name, looks, dir] = process.argv.slice(2);
  const wanted = TIERS.find((tier) => tier === name);
  if (wanted === undefined || dir === undefined) throw new Error('Expected TIER LOOKS DIRECTORY');
  const runId = uuidv7();
  const tier = chooseTier(runId, wanted);
  const token = 'storm';
  const attempt = await Supervised.start(
    {
      argv: ['sh', '-c', STORM],
      cwd: dir,
      env: { PATH: process.env['PATH'] ?? '', [LINEAGE]: lineageOf(undefined, { runId, token }) },
      stdoutFile: join(dir, 'stdout'),
      stderrFile: join(dir, 'stderr'),
    },
    tier,
    token,
  );
  try {
    while ((await attempt.members()).length < PROCESSES) await delay(50);
    const samples: CensusLook[] = [];
    for (let count = 0; count < Number(looks); count += 1) samples.push(await look(attempt));
    process.stdout.write(JSON.stringify({ tier: tier.name, samples }));
  } finally {
    attempt.end(0);
    await attempt.ended;
    await attempt.settle(0);
    tier.close();
  }
}

async function look(attempt: Supervised): Promise<CensusLook> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  const { length: found } = await attempt.members();
  const wallMs = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1_000, found };
}

await main();
