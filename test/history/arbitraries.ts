import * as fc from 'fast-check';
import type { Attempt, TestResult, UnitResult } from '../../src/core/attempt.ts';
import { ATTEMPT_OUTCOMES, TEST_OUTCOMES } from '../../src/core/outcome.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import { type Trip, TRIP_CHANGES, TRIP_KINDS } from '../../src/core/trip.ts';
import { aUnit } from './samples.ts';

/** Objects as they come from JSON and from our own code, never without a prototype. */
function plain<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true });
}

/** Every character, but for NUL, which is stored as its symbol. */
const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map((any) => any.replaceAll('\0', '\u2400'));
const duration = fc.double({ min: 0, max: 1e9, noNaN: true }).map(Math.abs);
const smallCount = fc.nat({ max: 1000 });

const leak = plain({
  kind: fc.constant('process' as const),
  pid: smallCount,
  startTime: fc.option(smallCount),
  command: text,
  foundBy: fc.array(text, { maxLength: 2 }),
  parents: fc.array(plain({ pid: smallCount, command: text }), { maxLength: 2 }),
  ports: fc.array(text, { maxLength: 2 }),
  files: fc.array(text, { maxLength: 2 }),
  endedBy: text,
});

const verdict = plain({
  class: text,
  confidence: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
  summary: text,
  decidedBy: fc.array(text, { maxLength: 2 }),
  ruledOut: fc.array(text, { maxLength: 2 }),
});

/** Few names, so that the same test is met again; each occurrence of a name counted. */
const tests: fc.Arbitrary<readonly TestResult[]> = fc
  .array(
    plain({
      name: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom('a', 'b') },
        { weight: 1, arbitrary: text },
      ),
      outcome: fc.constantFrom(...TEST_OUTCOMES),
      durationMs: fc.option(duration),
      message: fc.option(text),
      failedTries: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(text, { minLength: 1, maxLength: 3 }) },
      ),
      location: fc.option(
        plain({
          file: fc.oneof(
            fc.constantFrom('one.test.js', 'two.test.js'),
            fc.string({ minLength: 1 }),
          ),
          line: fc.option(smallCount),
          column: fc.option(smallCount),
        }),
      ),
    }),
    { maxLength: 5 },
  )
  .map((found) =>
    found.map((test, index) => {
      const before = found.slice(0, index).filter((other) => other.name === test.name);
      const { failedTries, ...told } = test;
      const tried = failedTries.length > 0 ? { failedTries } : {};
      return { ...told, ...tried, occurrence: before.length + 1 };
    }),
  );

const attempt: fc.Arbitrary<Partial<Attempt>> = plain({
  outcome: fc.oneof(fc.constantFrom('passed', 'failed'), fc.constantFrom(...ATTEMPT_OUTCOMES)),
  exitCode: fc.option(fc.nat({ max: 255 })),
  signal: fc.option(fc.constantFrom('SIGKILL', 'SIGSEGV')),
  startedAt: fc.option(fc.constant('2026-01-02T03:04:06.000Z')),
  durationMs: duration,
  reason: text,
  tests,
  errors: fc.array(text, { maxLength: 2 }),
  retry: fc.option(plain({ rule: text, because: text })),
  leaks: fc.array(leak, { maxLength: 2 }),
  verdict: fc.option(verdict),
  evidence: fc.array(text, { maxLength: 2 }),
  slot: fc.option(smallCount),
  batchSize: fc.integer({ min: 1, max: 3 }),
})
  // Not an arbitrary: an id is never used twice, not even by two samples.
  .map((made) => ({ ...made, id: uuidv7() }));

/** A unit of one of few ids, with any attempts. */
export const unit: fc.Arbitrary<UnitResult> = fc
  .tuple(
    fc.constantFrom('one.test.js', 'two.test.js', 'sub/ünï.test.js'),
    fc.array(attempt, { maxLength: 4 }),
    fc.constantFrom('unit', 'browser'),
  )
  .map((parts) => aUnit(...parts));

/** What happens to a history of three runs: each step records a unit in one of them. */
export const steps: fc.Arbitrary<readonly { readonly run: number; readonly unit: UnitResult }[]> =
  fc.array(plain({ run: fc.nat({ max: 2 }), unit }), { maxLength: 15 });

const process = plain({
  pid: smallCount,
  startTime: fc.option(smallCount),
  command: text,
  parents: fc.array(plain({ pid: smallCount, command: text }), { maxLength: 2 }),
});

/** Something that changed around the suite. */
export const trip: fc.Arbitrary<Trip> = plain({
  kind: fc.constantFrom(...TRIP_KINDS),
  what: text,
  change: fc.constantFrom(...TRIP_CHANGES),
  detail: fc.option(text),
  at: fc.option(fc.double({ min: 0, max: 2e12, noNaN: true }).map(Math.abs)),
  undone: fc.boolean(),
  running: fc.array(text, { maxLength: 3 }),
  culprit: fc.option(text),
  process: fc.option(process),
  others: smallCount,
});
