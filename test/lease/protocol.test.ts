import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BACKENDS } from '../../src/lease/claims.ts';
import type { Answer, Operation } from '../../src/lease/operation.ts';
import { checkProtocol, type Exploration, type Explored } from './model/check-protocol.ts';
import { contender } from './model/contender.ts';
import { mkdirThenOwner, renameThenLook } from './model/defects.ts';

const atOnce = '2 hold at once';

/** An attempt has no loop that others can keep going: it ends after so many steps of its own. */
const MOST_STEPS = 60;

describe('the protocol of leases, in every interleaving', () => {
  for (const backend of BACKENDS) {
    for (const limit of [1, 2]) {
      for (const pids of ['free', 'reused'] as const) {
        // With two permits there are many more ways: what a pid's reuse adds was seen with one.
        if (limit === 2 && pids === 'reused') continue;
        const crashes = limit === 2 ? 2 : 3;
        test(`${backend}: 3 contenders for ${limit}, ${crashes} crash at any step, pids ${pids}`, () => {
          const contenders = [1, 2, 3].map(() => contender(backend, limit));
          sound(checkProtocol({ contenders, crashes, pids }), 500);
        });
      }
    }

    test(`${backend}: tokens grow, whatever the clock says`, () => {
      for (const limit of [1, 2]) {
        const contenders = [1, 2].map(() => contender(backend, limit));
        sound(checkProtocol({ contenders, crashes: 2, tokens: true, clockSteps: true }), 0);
      }
    });

    test(`${backend}: of different limits the smaller counts`, () => {
      const three = [1, 2, 2].map((limit) => contender(backend, limit));
      sound(checkProtocol({ contenders: three, crashes: 0 }), 500);
      const two = [1, 2].map((limit) => contender(backend, limit));
      sound(checkProtocol({ contenders: two, crashes: 2 }), 50);
    });

    test(`${backend}: in a queue, whose tickets outlive their makers`, () => {
      const contenders = [contender(backend, 1, true), contender(backend, 1, true)];
      sound(checkProtocol({ contenders, crashes: 2 }), 50);
      const one = [contender(backend, 1), contender(backend, 1, true)];
      sound(checkProtocol({ contenders: one, crashes: 2 }), 50);
    });
  }

  test('kernel: the directory is removed at any step, and a holder stays the only one', () => {
    const contenders = [1, 2, 3].map(() => contender('kernel', 1));
    sound(checkProtocol({ contenders, crashes: 1, wipes: 1 }), 100);
  });

  test('files: one of whom nobody can say whether it lives keeps its permit', () => {
    const contenders = [1, 2, 3].map(() => contender('files', 1));
    sound(checkProtocol({ contenders, crashes: 2, foreign: [0] }), 100);
  });
});

describe('the checker of the protocol', () => {
  test('finds the double holder of a lock that is renamed before it is looked at', () => {
    // One has died with it; one reclaims it rightly, one is late, and one comes into the gap.
    const contenders = [1, 2, 3, 4].map(() => renameThenLook);
    finds(atOnce, { contenders, crashes: 1 });
  });

  test('finds the double holder of mkdir and then an owner, reclaimed by age', () => {
    const contenders = [mkdirThenOwner, mkdirThenOwner, mkdirThenOwner];
    finds(atOnce, { contenders, crashes: 0, clockSteps: true });
  });

  test('finds what goes wrong without each guard', () => {
    const kernel = [1, 2, 3].map(() => contender('kernel', 1));
    const files = [1, 2, 3].map(() => contender('files', 1));
    const mixed = [1, 2].map((limit) => contender('kernel', limit));
    finds(atOnce, {
      contenders: kernel,
      crashes: 0,
      wipes: 1,
      tamper: always('has-orphans', false),
    });
    finds(atOnce, {
      contenders: kernel,
      crashes: 0,
      wipes: 1,
      tamper: always('stat', { same: true, empty: false }),
    });
    finds(atOnce, { contenders: kernel, crashes: 0, tamper: always('lock', 'locked') });
    finds(atOnce, { contenders: files, crashes: 0, tamper: always('judge', 'dead') });
    finds('a free permit can not be had', {
      contenders: files,
      crashes: 1,
      tamper: always('judge', 'unverifiable'),
    });
    finds(atOnce, { contenders: mixed, crashes: 0, tamper: sayingLimitTwo });
  });

  test('loses no state where it takes two ways for one', () => {
    for (const backend of BACKENDS) {
      for (const limit of [1, 2]) {
        const contenders = [1, 2].map(() => contender(backend, limit));
        const whole = { contenders, crashes: 2 - limit, tokens: true, clockSteps: true };
        assert.deepEqual(
          checkProtocol({ ...whole, merges: false }).worlds,
          checkProtocol(whole).worlds,
        );
      }
    }
  });
});

function sound({ violation, longest, turnedAway }: Explored, turned: number): void {
  assert.equal(violation, null, violation?.trace.join('\n') ?? '');
  assert.ok(longest <= MOST_STEPS, `${longest} steps`);
  assert.ok(turnedAway >= turned, `${turnedAway} states in which somebody was turned away`);
}

function finds(what: string, exploration: Exploration): void {
  const { violation } = checkProtocol({ onlyHolders: what === atOnce, ...exploration });
  assert.equal(violation?.what, what);
}

/** The guard is out: the operation always says the same. */
function always(name: Operation['op'], value: unknown): NonNullable<Exploration['tamper']> {
  return (operation, honest) => (operation.op === name ? lie(honest(), value) : honest());
}

function lie(answer: Answer, value: unknown): Answer {
  return answer.ok ? { ok: true, value } : answer;
}

function sayingLimitTwo(operation: Operation, honest: () => Answer): Answer {
  const answer = honest();
  if (operation.op !== 'read' || !answer.ok) return answer;
  return { ok: true, value: String(answer.value).replace('"limit":1', '"limit":2') };
}
