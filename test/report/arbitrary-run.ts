import * as fc from 'fast-check';
import {
  type Attempt,
  type Leak,
  type TestResult,
  type UnitResult,
  unitResult,
} from '../../src/core/attempt.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { exitStatus } from '../../src/core/exit-status.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import { ATTEMPT_OUTCOMES, type AttemptOutcome, type TestOutcome } from '../../src/core/outcome.ts';
import { countUnit, emptyTotals, type RunInfo } from '../../src/core/run.ts';
import { FRAMEWORK_NAMES, type Unit } from '../../src/core/unit.ts';

/** A whole run: its events in the stream's order, and what they say, unit by unit. */
export interface ArbitraryRun {
  readonly run: RunInfo;
  readonly events: readonly RunEvent[];
  /** In the order in which they finish. */
  readonly units: readonly UnitResult[];
}

/** The wall clock of the first event. */
export const STARTED_AT: number = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Text as hostile as a test can make it: any UTF-16 code unit, escapes, markup, commands. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        '\u001B[31m',
        '\u001B[2J',
        '\u001B]0;x\u0007',
        '\u009B1A',
        '\u202E',
        '\uFFFE',
        '\uD800',

        '\u2028',
        '\r',
        '\n',
        '\t',
        '\0',
        '%0A',
        '::error::',
        '##[error]',
        ']]>',
        '&amp;',
        '<b>',
        '"',
        "'",
        '|',
        '`',
        ' > ',
        ' [2]',
        '日本',
        'é',
        '👩‍👧',
        'a',
        'b',
        ' ',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

/** A record as people write it, with the prototype that `JSON.parse` gives too. */
function plainRecord<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

const tame = fc.stringMatching(/^[a-z]{1,8}$/);
const duration = fc.double({ min: 0, max: 100_000, noNaN: true });

const location = plainRecord({
  file: fc.oneof(tame, hostileText),
  line: fc.option(fc.nat()),
  column: fc.option(fc.nat()),
});

/** Tests of an attempt, their occurrences counted; every outcome is out of `outcomes`. */
function arbitraryTests(
  outcomes: readonly TestOutcome[],
  minLength: number,
): fc.Arbitrary<readonly TestResult[]> {
  const test = plainRecord({
    // A few names often, so that names repeat within an attempt and agree between attempts.
    name: fc.oneof(fc.constantFrom('a', 'b', 'a [2]', 'group > a'), hostileText),
    outcome: fc.constantFrom(...outcomes),
    durationMs: fc.option(duration),
    message: fc.option(hostileText),
    location: fc.option(location),
    failedTries: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(hostileText, { minLength: 1, maxLength: 2 }) },
    ),
  });
  return fc.array(test, { minLength, maxLength: 6 }).map((tests) => {
    const seen = new Map<string, number>();
    return tests.map((entry) => {
      const occurrence = (seen.get(entry.name) ?? 0) + 1;
      seen.set(entry.name, occurrence);
      return { ...entry, occurrence };
    });
  });
}

const leak: fc.Arbitrary<Leak> = plainRecord({
  kind: fc.constant('process' as const),
  pid: fc.integer({ min: 2, max: 4_000_000 }),
  startTime: fc.option(fc.nat()),
  command: hostileText,
  foundBy: fc.array(tame, { maxLength: 2 }),
  parents: fc.array(plainRecord({ pid: fc.nat(), command: hostileText }), { maxLength: 2 }),
  ports: fc.array(tame, { maxLength: 2 }),
  files: fc.array(hostileText, { maxLength: 2 }),
  endedBy: fc.constantFrom('SIGTERM', 'SIGKILL'),
});

const verdict = plainRecord({
  class: tame,
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  summary: hostileText,
  decidedBy: fc.array(hostileText, { maxLength: 2 }),
  ruledOut: fc.array(tame, { maxLength: 2 }),
});

/** An attempt without its identity; the id is made when a run is put together. */
type AttemptBody = Omit<Attempt, 'id' | 'unitId' | 'number' | 'startedAt' | 'slot'>;

function attemptBody(outcome: AttemptOutcome): fc.Arbitrary<AttemptBody> {
  const green = ['passed', 'skipped'] as const;
  const any = ['passed', 'failed', 'errored', 'skipped'] as const;
  const started = !['spawn-failed', 'blocked'].includes(outcome);
  const tests = ((): fc.Arbitrary<readonly TestResult[]> => {
    if (outcome === 'passed' || outcome === 'leaked') return arbitraryTests(green, 0);
    if (outcome === 'failed') {
      return fc
        .tuple(arbitraryTests(any, 1), fc.constantFrom('failed' as const, 'errored' as const))
        .map(([[first, ...rest], bad]) =>
          first === undefined ? [] : [{ ...first, outcome: bad }, ...rest],
        );
    }
    return started && outcome !== 'no-tests' ? arbitraryTests(any, 0) : fc.constant([]);
  })();
  const signal = ['crashed', 'hung', 'timed-out'].includes(outcome) ? 'SIGKILL' : null;
  const bad = outcome === 'failed' || outcome === 'contradicted';
  return plainRecord({
    outcome: fc.constant(outcome),
    exitCode: fc.constant(signal !== null || !started ? null : Number(bad)),
    signal: fc.constant(signal),
    durationMs: started ? duration : fc.constant(0),
    reason: fc.oneof(tame, hostileText),
    tests,
    errors: outcome === 'errored' ? fc.array(hostileText, { maxLength: 2 }) : fc.constant([]),
    retry: fc.option(plainRecord({ rule: tame, because: hostileText })),
    leaks: outcome === 'leaked' ? fc.array(leak, { minLength: 1, maxLength: 12 }) : fc.constant([]),
    verdict: outcome === 'passed' ? fc.constant(null) : fc.option(verdict),
    evidence: fc.array(tame, { maxLength: 2 }),
    batchSize: fc.integer({ min: 1, max: 8 }),
  });
}

/** The attempts of one unit: a last one after some that did not pass; none where it never started. */
const attemptBodies: fc.Arbitrary<readonly AttemptBody[]> = fc
  .tuple(
    fc.array(fc.constantFrom(...ATTEMPT_OUTCOMES.filter((outcome) => outcome !== 'passed')), {
      maxLength: 2,
    }),
    fc.option(fc.oneof(fc.constant('passed' as const), fc.constantFrom(...ATTEMPT_OUTCOMES))),
  )
  .chain(([earlier, last]) => {
    const outcomes = last === null ? [] : [...earlier, last];
    return fc.tuple(...outcomes.map((outcome) => attemptBody(outcome)));
  });

const host = plainRecord({
  name: tame,
  platform: fc.constant('linux'),
  arch: fc.constant('x64'),
  node: fc.constant('v26.0.0'),
  processors: fc.integer({ min: 1, max: 64 }),
  memoryBytes: fc.nat(),
});

interface Script {
  readonly path: string;
  readonly framework: Unit['framework'];
  readonly expectedMs: number;
  readonly bodies: readonly AttemptBody[];
}

/**
 * Arbitrary runs whose events are consistent: the stream's order, every planned unit finished once,
 * outcomes that agree with their tests, totals and exit status by core's own rules. Units overlap
 * over the workers.
 */
export function arbitraryRun(
  options: { readonly maxUnits?: number } = {},
): fc.Arbitrary<ArbitraryRun> {
  const script = plainRecord({
    path: fc.oneof(tame, hostileText),
    framework: fc.constantFrom(...FRAMEWORK_NAMES),
    expectedMs: duration,
    bodies: attemptBodies,
  });
  return plainRecord({
    scripts: fc.uniqueArray(script, {
      maxLength: options.maxUnits ?? 8,
      selector: (s) => s.path,
    }),
    workers: fc.integer({ min: 1, max: 4 }),
    host,
    number: fc.option(fc.integer({ min: 1 })),
    shard: fc.option(fc.constant({ index: 1, total: 2 })),
    seed: fc.nat(),
    tier: fc.constantFrom('cgroup', 'subreaper', 'group'),
    stopped: fc.option(hostileText),
    notices: fc.array(fc.tuple(fc.constantFrom('info', 'warning', 'error'), hostileText), {
      maxLength: 3,
    }),
    interrupt: fc.option(fc.constantFrom('SIGINT', 'SIGTERM'), { freq: 8 }),
  }).map(({ scripts, notices, interrupt, stopped, ...given }) => {
    const run: RunInfo = {
      ...given,
      id: uuidv7(STARTED_AT),
      startedAt: new Date(STARTED_AT).toISOString(),
      planHash: 'ab'.repeat(32),
      suites: [
        { name: 'unit', framework: 'command', version: null, root: '.', because: 'arbitrary' },
      ],
      root: '/project',
      owner: { pid: 4711, startTime: 1, bootId: null },
      version: '0.1.0',
    };
    return assemble(run, scripts, notices, interrupt, stopped);
  });
}

function assemble(
  run: RunInfo,
  scripts: readonly Script[],
  notices: readonly (readonly ['info' | 'warning' | 'error', string])[],
  interrupt: 'SIGINT' | 'SIGTERM' | null,
  stopped: string | null,
): ArbitraryRun {
  let at = STARTED_AT;
  const events: RunEvent[] = [{ type: 'run-started', at, run, planned: scripts.length }];
  const planned = scripts.map((script): Unit => {
    const { path, framework, expectedMs } = script;
    const id = `unit:${path}`;
    const unit: Unit = { id, suite: 'unit', framework, kind: 'file', path, file: path, data: {} };
    events.push({ type: 'unit-planned', at, unit, expectedMs });
    return unit;
  });
  for (const [level, message] of notices) {
    events.push({ type: 'notice', at, level, code: 'arbitrary', message });
  }
  const totals = emptyTotals();
  const units: UnitResult[] = [];
  // As many units at a time as there are workers, one event of each in turn.
  const waiting = scripts.map((script, index) => ({ script, unit: planned[index]! }));
  const slots = Array.from({ length: run.workers }, (_, slot): Generator<RunEvent> | null => {
    const next = waiting.shift();
    return next === undefined ? null : unitEvents(next.unit, next.script.bodies, slot);
  });
  while (slots.some((slot) => slot !== null)) {
    for (const [slot, steps] of slots.entries()) {
      const step = steps?.next();
      if (step === undefined) continue;
      if (step.done === true) {
        const next = waiting.shift();
        slots[slot] = next === undefined ? null : unitEvents(next.unit, next.script.bodies, slot);
        continue;
      }
      at += 7;
      const event: RunEvent = { ...step.value, at };
      events.push(event);
      if (event.type === 'unit-finished') {
        units.push(event.unit);
        countUnit(totals, event.unit);
      }
    }
  }
  if (interrupt !== null) events.push({ type: 'interrupted', at, signal: interrupt, times: 1 });
  const exitCode = exitStatus(totals, { failOnFlaky: false, interrupt, tooManyFlaky: false });
  events.push({ type: 'run-finished', at, totals, durationMs: at - STARTED_AT, exitCode, stopped });
  return { run, events, units };
}

function* unitEvents(
  unit: Unit,
  bodies: readonly AttemptBody[],
  slot: number,
): Generator<RunEvent> {
  const at = STARTED_AT;
  const attempts: Attempt[] = [];
  for (const [index, body] of bodies.entries()) {
    const started = body.exitCode !== null || body.signal !== null;
    const attempt: Attempt = {
      ...body,
      id: uuidv7(at),
      unitId: unit.id,
      number: index + 1,
      startedAt: started ? new Date(at).toISOString() : null,
      slot: started ? slot : null,
    };
    if (started) {
      const { id, unitId, number } = attempt;
      const process = { pid: 5000 + slot, startTime: 1 };
      yield { type: 'attempt-started', at, unitId, attemptId: id, number, slot, ...process };
    }
    attempts.push(attempt);
    yield { type: 'attempt-finished', at, attempt };
  }
  yield { type: 'unit-finished', at, unit: unitResult(unit, attempts) };
}
