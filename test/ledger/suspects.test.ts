import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Trip } from '../../src/core/trip.ts';
import type { Exposure, RunRef, TripRecord } from '../../src/history/history.ts';
import { type Suspect, type SuspectedThing, suspectsOf } from '../../src/ledger/suspects.ts';
import { randomNumbers } from '../../src/plan/random.ts';
import { aTrip } from '../history/samples.ts';
import { type Simulated, simulate, type Suite, unitName } from './simulated.ts';

function runRef(number: number): RunRef {
  return { id: `run ${number}`, number, startedAt: '2026-01-02T03:04:05.678Z' };
}

function tripped(run: number, over: Partial<Trip>): TripRecord {
  return { run: runRef(run), trip: aTrip(over) };
}

/** A run of ten seconds in which units ran for so many seconds. */
function exposed(run: number, seconds: Readonly<Record<string, number>>): Exposure {
  const units = Object.entries(seconds).map(
    ([unit, each]) => [unit, { ms: each * 1000, attempts: 1 }] as const,
  );
  return { run: runRef(run), ms: 10_000, units: new Map(units) };
}

function only(things: readonly SuspectedThing[]): SuspectedThing {
  const [thing, another] = things;
  assert.ok(thing !== undefined && another === undefined);
  return thing;
}

function probabilityOf({ suspects }: SuspectedThing, name: string): number {
  return suspects.find(({ unit }) => unit === name)?.probability ?? 0;
}

function unitAndOdds({ unit, probability }: Suspect): readonly [string, string] {
  return [unit, probability.toFixed(9)];
}

function sumOf({ suspects, noneOfThem }: SuspectedThing): number {
  return suspects.reduce((sum, { probability }) => sum + probability, noneOfThem);
}

/** No unit runs all the time in these: nothing can tell such a one from nobody. */
const suite: fc.Arbitrary<Suite> = fc
  .record({
    durations: fc.array(fc.integer({ min: 500, max: 1500 }), { minLength: 10, maxLength: 16 }),
    workers: fc.integer({ min: 2, max: 3 }),
    rate: fc.double({ min: 0.2, max: 1, noNaN: true }),
    noise: fc.constantFrom(0, 0.01),
  })
  .chain((made) =>
    fc.nat({ max: made.durations.length - 1 }).map((culprit) => ({ ...made, culprit })),
  );
const seed = fc.nat({ max: 2 ** 31 - 1 });

const simulated: fc.Arbitrary<Simulated> = fc
  .tuple(suite, fc.integer({ min: 1, max: 12 }), seed)
  .map(([made, moments, from]) => simulate(made, moments, randomNumbers(from)));

describe('suspects, simulated', () => {
  test('the culprit is ranked first once it was seen often enough', () => {
    fc.assert(
      fc.property(suite, seed, (made, from) => {
        const { trips, exposures } = simulate(made, 40, randomNumbers(from));
        const thing = only(suspectsOf(trips, exposures));
        assert.equal(thing.suspects[0]?.unit, unitName(made.culprit));
        // Noise may leave it undecided, however much there is else.
        if (made.noise > 0 && thing.finding.kind === 'unknown') return;
        assert.deepEqual(thing.finding, { kind: 'likely', unit: unitName(made.culprit) });
      }),
    );
  });

  test('its probability grows with what was seen', () => {
    const made = { durations: [900, 700, 800, 600, 1000, 750], workers: 3, rate: 0.5, noise: 0.01 };
    const means = [1, 2, 4, 8, 16].map((moments) => {
      const probabilities = Array.from({ length: 60 }, (_, from) => {
        const { trips, exposures } = simulate(
          { ...made, culprit: from % 6 },
          moments,
          randomNumbers(from),
        );
        return probabilityOf(only(suspectsOf(trips, exposures)), unitName(from % 6));
      });
      return probabilities.reduce((sum, each) => sum + each) / probabilities.length;
    });
    assert.deepEqual(
      means,
      means.toSorted((one, other) => one - other),
    );
    assert.ok((means[0] ?? 1) < 0.6 && (means.at(-1) ?? 0) > 0.95, means.join(' '));
  });

  test('what is called likely is the culprit, but for one in twenty', () => {
    let [likely, right] = [0, 0];
    for (let from = 0; from < 400; from += 1) {
      const culprit = from % 8;
      const durations = [300, 2000, 500, 900, 1500, 400, 700, 1100];
      const made = { durations, workers: 2, culprit, rate: 0.6, noise: 0.02 };
      const { trips, exposures } = simulate(made, 2 + (from % 4), randomNumbers(from));
      const { finding } = only(suspectsOf(trips, exposures));
      if (finding.kind !== 'likely') continue;
      likely += 1;
      if (finding.unit === unitName(culprit)) right += 1;
    }
    assert.ok(likely > 100, `${likely} of 400`);
    assert.ok(right / likely >= 0.95, `${right} of ${likely}`);
  });

  test('a unit that ran at every moment is never left out, nor held for less likely than nobody was', () => {
    fc.assert(
      fc.property(simulated, ({ trips, exposures }) => {
        fc.pre(trips.length > 0);
        const thing = only(suspectsOf(trips, exposures));
        const units = exposures[0]?.units.size ?? 0;
        const always = [...(exposures[0]?.units.keys() ?? [])].filter((unit) =>
          trips.every(({ trip }) => trip.running.includes(unit)),
        );
        const misses = thing.suspects.filter(({ moments }) => moments < thing.moments);
        for (const unit of always) {
          const suspect = thing.suspects.find((each) => each.unit === unit);
          assert.ok(suspect !== undefined && suspect.probability > 0);
          // What was held of it at first, against all else: nothing has spoken against it since.
          const first = 0.9 / units;
          assert.ok(suspect.probability >= first * thing.noneOfThem);
          for (const missing of misses) {
            if (missing.share >= suspect.share)
              assert.ok(missing.probability < suspect.probability);
          }
        }
      }),
    );
  });

  test('the probabilities are a whole', () => {
    fc.assert(
      fc.property(simulated, ({ trips, exposures }) => {
        for (const thing of suspectsOf(trips, exposures)) {
          assert.ok(Math.abs(sumOf(thing) - 1) < 1e-9);
        }
      }),
    );
  });
});

describe('suspects', () => {
  test('a unit that always runs is no better than chance', () => {
    const trips = [1, 2, 3, 4].map((run) =>
      tripped(run, { running: ['always', run % 2 === 0 ? 'even' : 'odd'] }),
    );
    const exposures = [1, 2, 3, 4].map((run) => exposed(run, { always: 10, even: 5, odd: 5 }));
    const thing = only(suspectsOf(trips, exposures));
    const always = thing.suspects.find(({ unit }) => unit === 'always');
    assert.equal(always?.moments, 4);
    assert.equal(always?.share, 1);
    // 0.9 / 3 units against 0.1 at first, and nothing that was seen changes that.
    const nobody = thing.noneOfThem;
    assert.ok(Math.abs((always?.probability ?? 0) / nobody - 3) < 1e-9);
    assert.equal(thing.finding.kind, 'unknown');
  });

  test('runs without the trip speak for the one that did not run in them', () => {
    const both = [tripped(1, {}), tripped(2, { running: ['unit:a', 'unit:b', 'unit:c'] })];
    const seconds = { 'unit:a': 10, 'unit:b': 10, 'unit:c': 10 };
    const together = [1, 2].map((run) => exposed(run, seconds));
    const tied = only(suspectsOf(both, together));
    assert.equal(probabilityOf(tied, 'unit:a'), probabilityOf(tied, 'unit:b'));
    assert.deepEqual(tied.finding, { kind: 'unknown', because: 'unit:b ran whenever unit:a did' });
    const without = Array.from({ length: 60 }, (_, index) => exposed(3 + index, { 'unit:b': 10 }));
    const decided = only(suspectsOf(both, [...together, ...without]));
    assert.deepEqual(decided.finding, { kind: 'likely', unit: 'unit:a' });
    assert.equal(decided.suspects.length, 3);
  });

  test('one schedule, however often repeated, does not tell a short victim from the culprit', () => {
    const runs = Array.from({ length: 30 }, (_, index) => index + 1);
    const trips = runs.map((run) => tripped(run, { running: ['culprit', 'victim'] }));
    const exposures = runs.map((run) => exposed(run, { culprit: 9, victim: 0.1, later: 8 }));
    const thing = only(suspectsOf(trips, exposures));
    assert.equal(thing.finding.kind, 'unknown');
    assert.deepEqual(
      suspectsOf(trips.slice(0, 1), exposures)[0]?.suspects.map(unitAndOdds),
      thing.suspects.map(unitAndOdds),
    );
    // Not even where others come and go beside the two.
    const varied = trips.map(({ run, trip }, index) => ({
      run,
      trip: { ...trip, running: [...trip.running, `other ${index}`] },
    }));
    assert.deepEqual(only(suspectsOf(varied, exposures)).finding, {
      kind: 'unknown',
      because: 'culprit ran whenever victim did',
    });
  });

  test('one moment at which it did not run speaks against a unit, and does not rule it out', () => {
    const exposures = [1, 2, 3, 4].map((run) => exposed(run, { rare: 0.5, usual: 9 }));
    const of = (...trips: readonly TripRecord[]): number =>
      probabilityOf(only(suspectsOf(trips, exposures)), 'rare');
    const [always, but] = [['rare', 'usual'], ['usual']].map((running) => tripped(3, { running }));
    const before = ['x', 'y'].map((one, index) =>
      tripped(index + 1, { running: ['rare', 'usual', one] }),
    );
    assert.ok(always && but);
    assert.ok(of(...before, but) < of(...before, always));
    assert.ok(of(...before, but) > 0.5);
  });

  test('one moment decides nothing, however rare the unit', () => {
    const rare = only(
      suspectsOf(
        [tripped(1, { running: ['rare', 'usual'] })],
        [exposed(1, { rare: 0.001, usual: 9 })],
      ),
    );
    assert.equal(rare.suspects[0]?.unit, 'rare');
    assert.equal(rare.finding.kind, 'unknown');
    // Twenty to one, on top of what was held of it at first: 0.45 against 0.1.
    assert.ok(probabilityOf(rare, 'rare') / rare.noneOfThem <= 20 * 4.5 + 1e-9);
  });

  test('who was caught is named, whoever ran beside', () => {
    const trips = [
      tripped(1, { running: ['unit:a', 'unit:b'], culprit: 'unit:b' }),
      tripped(2, { running: ['unit:a', 'unit:b'] }),
    ];
    const exposures = [1, 2].map((run) => exposed(run, { 'unit:a': 8, 'unit:b': 8 }));
    const thing = only(suspectsOf(trips, exposures));
    assert.deepEqual(thing.finding, { kind: 'caught', units: ['unit:b'] });
    assert.equal(thing.suspects[0]?.unit, 'unit:b');
  });

  test('where nobody knows when it was, the units of its run are the suspects', () => {
    const trips = [1, 2].map((run) => tripped(run, { at: null, running: [] }));
    const exposures = [
      exposed(1, { here: 5, everywhere: 5 }),
      exposed(2, { here: 5, everywhere: 5 }),
      exposed(3, { everywhere: 5 }),
      exposed(4, { everywhere: 5 }),
    ];
    const thing = only(suspectsOf(trips, exposures));
    assert.deepEqual(
      thing.suspects.map(({ unit, moments }) => [unit, moments]),
      [
        ['here', 2],
        ['everywhere', 2],
      ],
    );
    assert.ok(probabilityOf(thing, 'here') > probabilityOf(thing, 'everywhere'));
  });

  test('what was tripped while no unit ran is laid at nobody', () => {
    const trips = [1, 2].map((run) => tripped(run, { running: [] }));
    const exposures = [1, 2].map((run) => exposed(run, { 'unit:a': 1 }));
    const thing = only(suspectsOf(trips, exposures));
    assert.deepEqual(thing.suspects, []);
    assert.deepEqual(thing.finding, {
      kind: 'unknown',
      because: 'no unit ran when it was tripped',
    });
    assert.ok(Math.abs(thing.noneOfThem - 1) < 1e-9);
  });

  test('takes several trips of one thing beside the same units for one moment', () => {
    const trips = [tripped(1, {}), tripped(1, { running: ['unit:b', 'unit:a'] }), tripped(2, {})];
    const thing = only(suspectsOf(trips, []));
    assert.deepEqual([thing.moments, thing.runs, thing.lastSeen.number], [2, 2, 2]);
  });

  test('keeps things apart, the suite itself and the latest first, and passes over what was only put back', () => {
    const trips = [
      tripped(1, { kind: 'tree', what: 'x' }),
      tripped(1, { kind: 'file', what: 'x' }),
      tripped(2, { kind: 'tree', what: 'y', change: 'restored' }),
      tripped(3, { kind: 'tree', what: 'x' }),
      tripped(4, { kind: 'tree', what: 'z' }),
      tripped(5, { kind: 'file', what: 'y' }),
    ];
    assert.deepEqual(
      suspectsOf(trips, []).map(({ kind, what, moments }) => [kind, what, moments]),
      [
        ['tree', 'z', 1],
        ['tree', 'x', 2],
        ['file', 'y', 1],
        ['file', 'x', 1],
      ],
    );
  });

  test('has nothing to say where nothing was tripped', () => {
    assert.deepEqual(suspectsOf([], [exposed(1, { 'unit:a': 1 })]), []);
  });
});
