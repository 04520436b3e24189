import { FRAMEWORK_NAMES, type Unit } from '../../src/core/unit.ts';
import * as fc from 'fast-check';

/** A unit for tests, made from its path. */
export function unitAt(path: string, suite = 'unit', extra: Partial<Unit> = {}): Unit {
  return {
    id: `${suite}:${path}`,
    suite,
    framework: 'node-test',
    kind: 'file',
    path,
    file: path,
    data: {},
    ...extra,
  };
}

const pathPart = fc.stringMatching(/^[a-zé.]{1,4}$/);

/** Units with distinct ids, in a few suites and directories. */
export function anyUnits(options: { min: number; max: number }): fc.Arbitrary<Unit[]> {
  const unit = fc
    .record({
      suite: fc.constantFrom('unit', 'e2e'),
      framework: fc.constantFrom(...FRAMEWORK_NAMES),
      path: fc.array(pathPart, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
    })
    .map(({ suite, framework, path }) => unitAt(path, suite, { framework }));
  return fc.uniqueArray(unit, {
    minLength: options.min,
    maxLength: options.max,
    selector: ({ id }) => id,
  });
}

/** Past durations for some of the units. */
export function anyDurations(units: readonly Unit[]): fc.Arbitrary<Map<string, number[]>> {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 25 });
  return fc
    .tuple(...units.map((unit) => fc.tuple(fc.constant(unit.id), fc.option(values))))
    .map((pairs) => new Map(pairs.filter((pair): pair is [string, number[]] => pair[1] !== null)));
}

/** Units, their durations, and the same units in another order. */
export function anyPlanInput(options: { min: number; max: number }): fc.Arbitrary<{
  units: Unit[];
  shuffled: Unit[];
  durations: Map<string, number[]>;
}> {
  return anyUnits(options).chain((units) =>
    fc.record({
      units: fc.constant(units),
      shuffled: fc.shuffledSubarray(units, { minLength: units.length, maxLength: units.length }),
      durations: anyDurations(units),
    }),
  );
}
