import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type TestResult, failedBefore } from '../../src/core/attempt.ts';
import type { Fault, Since } from '../../src/core/fault.ts';
import { ATTEMPT_OUTCOMES, TEST_OUTCOMES } from '../../src/core/outcome.ts';
import { type Excuse, excuse } from '../../src/outcome/excuse.ts';
import type { Failure, Look } from '../../src/outcome/rules/rule.ts';

type Presence = Awaited<ReturnType<Look['presence']>>;

const FILE = '/p/test/a.js';

/** The usual, more often than each of the others. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: others.length + 1, arbitrary: fc.constant(usual) },
    fc.constantFrom(...others),
  );

/** Mostly what the rules look for, so that they have something to go wrong with. */
const aFault: fc.Arbitrary<Fault> = fc.record({
  code: fc.constantFrom('ETXTBSY', 'EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENOENT', 'EACCES'),
  call: mostly<string | null>('spawn', 'open', 'mkdir', 'unlink', null),
  path: mostly<string | null>(FILE, '/bin/sh', null),
});

const aTest: fc.Arbitrary<TestResult> = fc.record(
  {
    name: fc.constantFrom('adds', 'ETXTBSY', 'file or directory not found'),
    occurrence: fc.constant(1),
    outcome: fc.constantFrom(...TEST_OUTCOMES),
    durationMs: fc.constant(1),
    message: fc.constantFrom(null, 'spawn ETXTBSY', 'oom_kill 1'),
    location: fc.constant(null),
    failedTries: fc.constantFrom([], ['expected 1']),
  },
  {
    requiredKeys: ['name', 'occurrence', 'outcome', 'durationMs', 'message', 'location'],
  },
);

const aFailure: fc.Arbitrary<Failure> = fc.record({
  outcome: mostly('errored', ...ATTEMPT_OUTCOMES),
  refused: fc.option(aFault, { freq: 2 }),
  exitCode: fc.constantFrom(null, 0, 1, 2, 4, 5, 137),
  signal: fc.constantFrom(null, 'SIGKILL', 'SIGSEGV'),
  endedByUs: mostly(false, true),
  file: mostly<string | null>(FILE, null),
  unseen: fc.constantFrom(null, 'no such file'),
  tests: fc.oneof(fc.constant([]), fc.array(aTest, { maxLength: 3 })),
  errors: fc.array(fc.constantFrom('boom', 'ENOENT'), { maxLength: 2 }),
  declared: fc.array(fc.constant({ component: 'db', text: 'refused' }), { maxLength: 1 }),
});

const aPresence: fc.Arbitrary<Presence> = mostly<Presence>(
  { kind: 'present' },
  { kind: 'absent', code: 'ENOENT' },
  { kind: 'unknown', code: 'EACCES' },
);

const aSince: fc.Arbitrary<Since> = mostly<Since>(
  { kind: 'same' },
  { kind: 'changed', what: 'HEAD' },
  { kind: 'unknown' },
);

/** What the looks come to; the tree may change between two of them. */
interface Seen {
  readonly presence: Presence;
  readonly since: readonly [before: Since, after: Since];
  readonly kills: ReturnType<Look['memoryKills']>;
}

const aSight: fc.Arbitrary<Seen> = fc.record({
  presence: aPresence,
  since: fc.tuple(aSince, aSince),
  kills: fc.record({
    counted: mostly<number | null>(1, 0, null),
    alone: fc.boolean(),
    counter: fc.constant('oom_kill'),
  }),
});

function looks({ presence, since, kills }: Seen): Look {
  let asked = 0;
  return {
    presence: () => Promise.resolve(presence),
    sincePlan: () => since[Math.min(asked++, 1) as 0 | 1],
    memoryKills: () => kills,
    writers: () => [],
  };
}

/** Holds for whatever fails and whatever is seen. */
async function always(
  holds: (failure: Failure, seen: Seen, answer: Excuse | null) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(aFailure, aSight, async (failure, seen) => {
      holds(failure, seen, await excuse(failure, looks(seen)));
    }),
    { numRuns: 5_000 },
  );
}

/** Holds for every failure that a rule proves to be the environment's, of which there are some. */
async function wheneverProven(
  rule: string,
  holds: (failure: Failure, seen: Seen) => void,
): Promise<void> {
  let times = 0;
  await always((failure, seen, answer) => {
    if (answer?.kind !== 'proven' || answer.rule.name !== rule) return;
    times += 1;
    holds(failure, seen);
  });
  assert.ok(times >= 20, `${rule} was proven ${times} times`);
}

describe('whatever fails and whatever is seen', () => {
  test('a test that failed is a veto, also where its framework tried it again', async () => {
    await always(({ tests }, _seen, answer) => {
      if (answer?.kind !== 'proven') return;
      assert.ok(tests.every((each) => each.outcome !== 'failed' && !failedBefore(each)));
    });
  });

  test('a hang, a time-out, a changed tree and what we cancelled are no matter of the rules', async () => {
    const never = new Set(['hung', 'timed-out', 'tree-mutated', 'cancelled', 'leaked', 'lost']);
    await always(({ outcome }, _seen, answer) => {
      if (never.has(outcome)) assert.equal(answer, null);
    });
  });

  test('exec-busy is proven by ETXTBSY of a start, and by nothing else', async () => {
    await wheneverProven('exec-busy', ({ refused }) => {
      assert.deepEqual([refused?.code, refused?.call], ['ETXTBSY', 'spawn']);
    });
  });

  test('spawn-refused is proven by a start that found no room, and by nothing else', async () => {
    await wheneverProven('spawn-refused', ({ refused }) => {
      assert.match(refused?.code ?? '', /^(?:EAGAIN|ENOMEM|EMFILE|ENFILE)$/);
      if (refused?.code === 'EAGAIN') assert.equal(refused.call, 'spawn');
    });
  });

  test('unit-unseen is proven only where the planned file is there, before and after', async () => {
    await wheneverProven('unit-unseen', ({ file, refused, unseen, tests }, seen) => {
      assert.equal(file, FILE);
      assert.equal(seen.presence.kind, 'present');
      assert.deepEqual(seen.since, [{ kind: 'same' }, { kind: 'same' }]);
      if (refused === null) assert.ok(unseen !== null && tests.length === 0);
      else assert.deepEqual([refused.code, refused.call, refused.path], ['ENOENT', 'spawn', FILE]);
    });
  });

  test('memory-kill is proven only by a counter that grew while nobody else ran', async () => {
    await wheneverProven('memory-kill', (failure, { kills }) => {
      assert.ok(kills.counted !== null && kills.counted > 0 && kills.alone);
      assert.ok(failure.signal === 'SIGKILL' || failure.exitCode === 137);
      assert.ok(!failure.endedByUs);
      assert.ok(failure.tests.every(({ outcome }) => outcome !== 'errored'));
    });
  });

  test('infra-declared is proven only where something was declared', async () => {
    await wheneverProven('infra-declared', ({ declared }) => assert.ok(declared.length > 0));
  });

  test('only a file that is not there is proven to be beyond another attempt', async () => {
    await always((_failure, seen, answer) => {
      if (answer?.kind === 'refused' && answer.final) assert.equal(seen.presence.kind, 'absent');
    });
  });
});
