import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { isExcused } from '../../src/core/attempt.ts';
import type { AttemptOutcome } from '../../src/core/outcome.ts';
import { RULES } from '../../src/outcome/rules/registry.ts';
import type { Rule } from '../../src/outcome/rules/rule.ts';
import { Play, proven, unit } from './play.ts';

/** What one attempt comes to: the environment failed by a rule's proof, or the unit did. */
interface Fault {
  readonly outcome: AttemptOutcome;
  readonly rule: Rule | null;
}

const aFault: fc.Arbitrary<Fault> = fc.record({
  outcome: fc.constantFrom('spawn-failed', 'errored', 'crashed', 'failed'),
  rule: fc.option(fc.constantFrom(...RULES)),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

/** How often the rules let a unit be run again, and how long they let it wait for that, at most. */
const MOST_AGAIN = sum(RULES.map(({ delaysMs }) => delaysMs.length));
const LONGEST_WAIT_MS = sum(RULES.flatMap(({ delaysMs }) => [...delaysMs])) * 1.5;

/**
 * Plays a run in which each attempt of a unit meets the next fault of its list, and the last of
 * them again and again.
 *
 * @returns how long each unit waited for rules
 */
async function endure(
  play: Play,
  faults: ReadonlyMap<string, readonly Fault[]>,
): Promise<ReadonlyMap<string, number>> {
  const waited = new Map<string, number>();
  const attempts = new Map<string, number>();
  // Without bounds the run would not end; this one is far beyond them.
  for (let step = 0; step < 10_000; step += 1) {
    const [job] = play.jobs;
    if (job === undefined && !play.due()) break;
    if (job === undefined) continue;
    const { id } = job.spec.units[0].unit;
    const number = attempts.get(id) ?? 0;
    attempts.set(id, number + 1);
    const all = faults.get(id) ?? [];
    const fault = all[Math.min(number, all.length - 1)];
    assert.ok(fault);
    const before = play.delays.length;
    play.finish(job, [fault.outcome], 1, fault.rule === null ? null : proven(fault.rule));
    waited.set(id, (waited.get(id) ?? 0) + sum(play.delays.slice(before)));
  }
  await turn();
  return waited;
}

describe('whatever the environment does to the units of a run', () => {
  test('each has its first attempt, and the run ends within the bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(aFault, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 8 }),
        fc.nat(3),
        fc.integer({ min: 1, max: 4 }),
        async (lists, retries, workers) => {
          const units = lists.map((_, index) => unit('each', index));
          const play = new Play(units, { retries, workers });
          // The clock stands far beyond every limit.
          play.now = Number.MAX_SAFE_INTEGER;
          const faults = new Map(lists.map((list, index) => [`each:${index}`, list]));
          const waited = await endure(play, faults);
          assert.ok(play.end !== null, 'the run did not end');
          for (const { id } of units) {
            const attempts = play.attemptsOf(id);
            const excused = attempts.filter(isExcused);
            assert.ok(attempts.length >= 1 && attempts.length <= 1 + retries + MOST_AGAIN);
            assert.ok(attempts.length - excused.length <= 1 + retries);
            for (const { name, delaysMs } of RULES) {
              const by = excused.filter(({ retry }) => retry?.rule === name);
              assert.ok(by.length <= delaysMs.length, `${by.length} by ${name}`);
            }
            assert.ok((waited.get(id) ?? 0) <= LONGEST_WAIT_MS);
            assert.ok(!isExcused(attempts.at(-1)!), 'the last attempt is excused by nothing');
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  for (const rule of RULES) {
    test(`${rule.name} does not loop where running again heals nothing`, async () => {
      const play = new Play([unit('each', 0)], { retries: 0 });
      const waited = await endure(play, new Map([['each:0', [{ outcome: 'errored', rule }]]]));
      const attempts = play.attemptsOf('each:0');
      assert.equal(attempts.length, 1 + rule.delaysMs.length);
      assert.match(
        attempts.at(-1)?.reason ?? '',
        new RegExp(`not excused by ${rule.name}: it was`),
      );
      const least = sum([...rule.delaysMs]);
      const wait = waited.get('each:0') ?? 0;
      assert.ok(wait >= least && wait <= least * 1.5, `${wait} ms`);
      assert.ok(play.end !== null);
    });
  }

  test('a whole run that is refused again and again keeps to its budget', async () => {
    const units = Array.from({ length: 200 }, (_, index) => unit('each', index));
    const play = new Play(units, { retries: 0, workers: 4 });
    const faults = units.map(({ id }, index) => {
      const rule = RULES[index % RULES.length] ?? null;
      return [id, [{ outcome: 'errored', rule } as const]] as const;
    });
    await endure(play, new Map(faults));
    const excused = units.flatMap(({ id }) => play.attemptsOf(id)).filter(isExcused);
    assert.ok(excused.length <= 50, `${excused.length} further attempts`);
    assert.equal(play.finishedUnits().length, units.length);
  });
});
