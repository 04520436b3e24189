import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { AttemptOutcome } from '../../src/core/outcome.ts';
import { countUnit, emptyTotals } from '../../src/core/run.ts';
import type { Excuse } from '../../src/outcome/excuse.ts';
import { RULES } from '../../src/outcome/rules/registry.ts';
import { execBusy } from '../../src/outcome/rules/exec-busy.ts';
import { spawnRefused } from '../../src/outcome/rules/spawn-refused.ts';
import { Play, proven, unit } from './play.ts';

const anOutcome: fc.Arbitrary<AttemptOutcome> = fc.constantFrom(
  'passed',
  'passed',
  'passed',
  'failed',
  'errored',
  'crashed',
  'hung',
  'timed-out',
  'leaked',
  'no-tests',
  'contradicted',
  'spawn-failed',
  'cancelled',
);

const anExcuse: fc.Arbitrary<Excuse | null> = fc.oneof(
  fc.constant(null),
  fc.constantFrom(...RULES.map(proven)),
  fc
    .constantFrom(...RULES)
    .map((rule): Excuse => ({ kind: 'refused', rule, because: 'not seen', final: true })),
);

const aStep = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('finish' as const),
      job: fc.nat(),
      outcomes: fc.array(anOutcome, { minLength: 1, maxLength: 4 }),
      begun: fc.nat(6),
      excuse: anExcuse,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('due' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('lease' as const), granted: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('interrupt' as const) }) },
);

describe('dispatcher', () => {
  test('finishes every planned unit exactly once, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.nat(12),
        fc.record({
          workers: fc.integer({ min: 1, max: 5 }),
          retries: fc.nat(2),
          failFast: fc.constantFrom(null, 1, 2),
          maxFlaky: fc.constantFrom(null, 0, 1),
        }),
        fc.array(aStep, { maxLength: 60 }),
        fc.record({
          needy: fc.uniqueArray(fc.nat(11), { maxLength: 4 }),
          permits: fc.integer({ min: 1, max: 3 }),
        }),
        async (each, batch, options, steps, { needy, permits }) => {
          const units = [
            ...Array.from({ length: each }, (_, index) => unit('each', index)),
            ...Array.from({ length: batch }, (_, index) => unit('batch', index)),
          ];
          const play = new Play(units, options, needy, permits);
          const busy = (): number =>
            play.jobs.reduce((sum, { spec }) => sum + spec.slots.length, 0);
          for (const step of steps) {
            assert.ok(busy() <= options.workers, 'more slots in use than there are workers');
            assert.ok(play.held <= permits, 'more leases held than there are permits');
            if (step.kind === 'lease') {
              await play.lease(step.granted);
              continue;
            }
            if (step.kind === 'interrupt') {
              play.now += 1_000;
              play.dispatcher.interrupt('SIGINT');
              continue;
            }
            if (step.kind === 'due') {
              play.due();
              continue;
            }
            const job = play.jobs[step.job % Math.max(1, play.jobs.length)];
            if (job !== undefined) play.finish(job, step.outcomes, step.begun, step.excuse);
          }
          // Leases are given back in turns of the loop; only then the next unit asks for one.
          await turn();
          // Whatever is left passes; a unit may be cut off by neighbours only so often here.
          for (let guard = 0; guard < 1_000; guard += 1) {
            if (play.jobs.length > 0) play.finish(play.jobs[0]!, ['passed'], Infinity);
            else if (!play.due() && !(await play.lease(true))) break;
            await turn();
          }
          await turn();
          assert.equal(play.held, 0, 'a lease was not given back');
          const finished = play.finishedUnits();
          assert.deepEqual(finished.toSorted(), units.map(({ id }) => id).toSorted());
          assert.ok(play.end !== null, 'the run did not end');
          const model = emptyTotals();
          for (const event of play.events) {
            if (event.type === 'unit-finished') countUnit(model, event.unit);
          }
          assert.deepEqual(play.end.totals, model);
          assert.equal(play.end.totals.planned, units.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('retries in a process of its own and calls the unit flaky', async () => {
    const play = new Play([unit('batch', 0), unit('batch', 1)], {});
    const batch = play.jobs[0]!;
    assert.equal(batch.spec.units.length, 2);
    play.finish(batch, ['failed', 'passed'], 2);
    const retry = play.jobs[0]!;
    assert.deepEqual(
      retry.spec.units.map((of) => [of.unit.id, of.number]),
      [['batch:0', 2]],
    );
    play.finish(retry, ['passed'], 1);
    await turn();
    assert.equal(play.end?.totals.flaky, 1);
    assert.equal(play.end?.totals.passed, 1);
    assert.equal(play.end?.exitCode, 0);
  });

  for (const outcome of ['hung', 'timed-out', 'leaked', 'no-tests', 'spawn-failed'] as const) {
    test(`does not give another attempt to what ${outcome}`, () => {
      const play = new Play([unit('each', 0)], { retries: 3 });
      play.finish(play.jobs[0]!, [outcome], 1);
      assert.equal(play.jobs.length, 0);
    });
  }

  test('runs again what a rule excused, six times in all, and says that it gave up', async () => {
    const play = new Play([unit('each', 0)], { retries: 0 });
    for (let tries = 0; tries < 6; tries += 1) {
      assert.equal(play.jobs.length, 1, `try ${tries + 1}`);
      play.finish(play.jobs[0]!, ['spawn-failed'], 1, proven(execBusy));
      play.due();
    }
    await turn();
    assert.equal(play.end?.totals['spawn-failed'], 1);
    const attempts = play.attemptsOf('each:0');
    assert.deepEqual(
      attempts.map(({ retry }) => retry?.rule ?? null),
      [...Array.from({ length: 5 }, () => 'exec-busy'), null],
    );
    assert.match(
      attempts.at(-1)?.reason ?? '',
      /not excused by exec-busy: it was run again 5 times/,
    );
  });

  test('what was excused and passed then is passed, and not flaky', async () => {
    const play = new Play([unit('each', 0)], { retries: 0 });
    play.finish(play.jobs[0]!, ['spawn-failed'], 1, proven(execBusy));
    assert.equal(play.jobs.length, 0, 'it keeps its pace');
    play.due();
    play.finish(play.jobs[0]!, ['passed'], 1);
    await turn();
    assert.equal(play.end?.totals.passed, 1);
    assert.equal(play.end?.totals.flaky, 0);
  });

  test("an excused attempt costs none of the user's own retries", () => {
    const play = new Play([unit('each', 0)], { retries: 1 });
    play.finish(play.jobs[0]!, ['spawn-failed'], 1, proven(execBusy));
    play.due();
    play.finish(play.jobs[0]!, ['failed'], 1);
    assert.equal(play.jobs.length, 1);
  });

  test('a batch that could not be started is started again as one', () => {
    const play = new Play(
      [0, 1, 2].map((index) => unit('batch', index)),
      { retries: 0 },
    );
    play.finish(play.jobs[0]!, ['spawn-failed'], Infinity, proven(execBusy));
    while (play.due());
    const [first, ...others] = play.jobs.map(({ spec }) => spec.units.length);
    assert.equal(
      [first, ...others].reduce((sum = 0, length = 0) => sum + length, 0),
      3,
    );
  });

  test('a batch that finds no room makes the run narrower once', () => {
    const units = Array.from({ length: 6 }, (_, index) => unit('batch', index));
    const play = new Play(units, { workers: 3, retries: 0 });
    play.finish(play.jobs[0]!, ['spawn-failed'], Infinity, proven(spawnRefused));
    assert.equal(play.events.filter(({ type }) => type === 'notice').length, 1);
  });

  test('runs fewer at once where the machine has no room, down to one', () => {
    const units = Array.from({ length: 6 }, (_, index) => unit('each', index));
    const play = new Play(units, { workers: 3, retries: 0 });
    play.finish(play.jobs[0]!, ['spawn-failed'], 1, proven(spawnRefused));
    assert.equal(play.jobs.length, 2);
    play.finish(play.jobs[0]!, ['spawn-failed'], 1, proven(spawnRefused));
    assert.equal(play.jobs.length, 1);
    const told = play.events.filter((event) => event.type === 'notice');
    assert.equal(told.length, 2);
  });

  test('what waits for its pace when the run is stopped is accounted for', async () => {
    const play = new Play([unit('each', 0)], {});
    play.finish(play.jobs[0]!, ['spawn-failed'], 1, proven(execBusy));
    play.dispatcher.interrupt('SIGINT');
    await turn();
    assert.equal(play.later.length, 0);
    assert.equal(play.end?.totals['spawn-failed'], 1);
  });

  test("what is proven to be really gone gets none of the user's retries", () => {
    const play = new Play([unit('each', 0)], { retries: 3 });
    const gone: Excuse = { kind: 'refused', rule: execBusy, because: 'gone', final: true };
    play.finish(play.jobs[0]!, ['failed'], 1, gone);
    assert.equal(play.jobs.length, 0);
  });

  test('gives back what a crashed batch never began, and runs it again', () => {
    const play = new Play(
      [0, 1, 2].map((index) => unit('batch', index)),
      { retries: 0 },
    );
    play.finish(play.jobs[0]!, ['crashed'], 1);
    assert.deepEqual(
      play.jobs[0]?.spec.units.map((of) => of.unit.id),
      ['batch:1', 'batch:2'],
    );
  });

  test('takes one Ctrl-C that comes twice within half a second for one', () => {
    const play = new Play([unit('each', 0)], {});
    play.dispatcher.interrupt('SIGINT');
    play.now += 100;
    play.dispatcher.interrupt('SIGINT');
    const interrupts = play.events.filter(({ type }) => type === 'interrupted');
    assert.equal(interrupts.length, 1);
  });

  test('ends with 130 after an interrupt, even where all had passed', async () => {
    const play = new Play([unit('each', 0), unit('each', 1), unit('each', 2)], { workers: 1 });
    play.finish(play.jobs[0]!, ['passed'], 1);
    play.dispatcher.interrupt('SIGINT');
    play.finish(play.jobs[0]!, ['passed'], 1);
    await turn();
    assert.equal(play.end?.exitCode, 130);
    assert.equal(play.end?.totals.cancelled, 2);
  });
});
