import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { conserved, readReport, type Report, shellProject } from './project.ts';
import { binEnvironment } from './run-bin.ts';
import { runBin } from './run-bin.ts';

const BIN = join(import.meta.dirname, '../../bin/pindown.js');

/** `npm run soak` asks for more. */
const RUNS = Number(process.env['PINDOWN_SOAK_RUNS'] ?? 12);

/** What a unit does, and all that it may come to where nothing interrupts the run. */
const BEHAVIOURS = {
  pass: { script: 'exit 0', outcomes: ['passed'] },
  slow: { script: 'sleep 0.1', outcomes: ['passed'] },
  fail: { script: 'exit 1', outcomes: ['failed'] },
  crash: { script: 'kill -KILL $$', outcomes: ['crashed'] },
  hang: { script: 'sleep 600', outcomes: ['hung'] },
  leak: { script: 'setsid sleep 600 >/dev/null 2>&1 &', outcomes: ['leaked'] },
  flaky: {
    script: '[ -e "$0.seen" ] || { touch "$0.seen"; exit 1; }',
    outcomes: ['flaky', 'failed'],
  },
  skip: { script: 'echo 1..1; echo "ok 1 # SKIP"', outcomes: ['skipped'] },
  lie: { script: 'echo 1..1; echo "not ok 1"', outcomes: ['contradicted'] },
} as const satisfies Record<
  string,
  { readonly script: string; readonly outcomes: readonly string[] }
>;

type Behaviour = keyof typeof BEHAVIOURS;

/** How a run is cut off, and after how many milliseconds. */
const INTERRUPTS = [null, 'SIGINT', 'SIGTERM', 'SIGKILL'] as const;

interface Scenario {
  readonly units: readonly Behaviour[];
  readonly workers: number;
  readonly retries: number;
  readonly failFast: boolean;
  readonly interrupt: (typeof INTERRUPTS)[number];
  readonly afterMs: number;
}

async function play(scenario: Scenario): Promise<Report | null> {
  const { units, workers, retries, failFast, interrupt, afterMs } = scenario;
  const dir = shellProject(
    Object.fromEntries(
      units.map((behaviour, index) => [`u/${index}-${behaviour}.sh`, BEHAVIOURS[behaviour].script]),
    ),
  );
  const args = [
    'run',
    'u/*.sh',
    '--timeout',
    '600ms',
    '--workers',
    String(workers),
    '--retries',
    String(retries),
  ];
  if (failFast) args.push('--fail-fast', '1');
  const child = spawn(process.execPath, [BIN, ...args, '--', 'sh', '{unit}'], {
    cwd: dir,
    env: binEnvironment,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  // The moment is random on purpose; nothing is concluded from it.
  const timer = interrupt === null ? null : setTimeout(() => child.kill(interrupt), afterMs);
  await ended;
  if (timer !== null) clearTimeout(timer);
  const runs = join(dir, '.pindown', 'runs');
  const [run] = existsSync(runs) ? readdirSync(runs) : [];
  if (run === undefined || !existsSync(join(runs, run, 'events.ndjson'))) return null;
  const report = join(runs, run, 'report.json');
  if (!existsSync(report))
    await runBin(dir, ['run', 'u/*.sh', '--retries', '0', '--timeout', '100ms', '--', 'true']);
  return readReport(report);
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  units: fc.array(fc.constantFrom(...(Object.keys(BEHAVIOURS) as Behaviour[])), {
    minLength: 1,
    maxLength: 12,
  }),
  workers: fc.integer({ min: 1, max: 4 }),
  retries: fc.nat(2),
  failFast: fc.boolean(),
  interrupt: fc.constantFrom(...INTERRUPTS),
  afterMs: fc.integer({ min: 100, max: 1_500 }),
});

test('every planned unit ends in exactly one outcome, whatever the units do and however the run is cut off', async () => {
  let judged = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async (played) => {
      const report = await play(played);
      // Cut off before its plan was made: there is nothing to account for.
      if (report === null) return;
      judged += 1;
      assert.ok(conserved(report), JSON.stringify(report.totals));
      assert.equal(report.totals.planned, played.units.length);
      const cutOff = played.interrupt !== null || played.failFast;
      for (const { path, outcome } of report.units) {
        const behaviour = /-(\w+)\.sh$/.exec(path)?.[1] as Behaviour;
        const allowed: readonly string[] = BEHAVIOURS[behaviour].outcomes;
        const also = cutOff
          ? ['cancelled', 'lost', ...(behaviour === 'flaky' ? ['failed'] : [])]
          : [];
        assert.ok([...allowed, ...also].includes(outcome), `${path} came to ${outcome}`);
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  assert.ok(judged > 0, 'no run got as far as its plan');
});
