import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Unit } from '../../src/core/unit.ts';
import type { Lease, LeaseBlocked } from '../../src/lease/lease.ts';
import { LeaseLine, type Resource } from '../../src/run/lease-line.ts';

const LIMITS: Readonly<Record<string, number>> = { db: 1, gpu: 2, disk: 3 };

const unit = (index: number): Unit => ({
  id: `u:${index}`,
  suite: 'u',
  framework: 'command',
  kind: 'file',
  path: String(index),
  file: `/p/${index}`,
  data: {},
});

/** A line whose resources are counted here; a request is answered when the test says so. */
class Play {
  readonly ready: Unit[] = [];
  readonly blocked: string[] = [];
  readonly faults: string[] = [];
  readonly used = new Map<string, number>();
  /** Requests that wait for an answer. */
  readonly asked: { readonly resource: Resource; answer(came: Lease | LeaseBlocked): void }[] = [];
  readonly line: LeaseLine;
  releasing: 'released' | 'lost' | 'refused' = 'released';

  constructor(needs: readonly (readonly string[])[]) {
    this.line = new LeaseLine({
      needs: ({ path }) =>
        (needs[Number(path)] ?? []).map((name) => ({ name, limit: LIMITS[name] ?? 1 })),
      acquire: async (resource, signal) =>
        await new Promise((resolve) => {
          const request = { resource, answer: resolve };
          this.asked.push(request);
          signal.addEventListener('abort', () => {
            this.asked.splice(this.asked.indexOf(request), 1);
            resolve(blockedBy('cancelled'));
          });
        }),
      ready: (one) => this.ready.push(one),
      blocked: (_unit, because) => this.blocked.push(because),
      fault: (message) => this.faults.push(message),
    });
  }

  grant(): void {
    const request = this.asked.shift();
    if (request === undefined) return;
    const { name } = request.resource;
    this.used.set(name, (this.used.get(name) ?? 0) + 1);
    request.answer(this.#lease(name));
  }

  #lease(key: string): Lease {
    const release = async (): Promise<'released' | 'lost'> => {
      await Promise.resolve();
      this.used.set(key, (this.used.get(key) ?? 0) - 1);
      if (this.releasing === 'refused') throw new Error('the file system refuses');
      return this.releasing;
    };
    return {
      kind: 'acquired',
      key,
      token: 1,
      slot: 0,
      limit: 1,
      backend: 'kernel',
      descriptor: null,
      release,
      [Symbol.asyncDispose]: async () => void (await release()),
    };
  }
}

function blockedBy(reason: LeaseBlocked['reason']): LeaseBlocked {
  return {
    kind: 'blocked',
    reason,
    because: 'all permits are taken: 2 hold one',
    holders: 2,
    oldestMs: 1500,
  };
}

describe('the units that need what others use, too', () => {
  test('a unit that needs nothing is not taken', () => {
    const play = new Play([[], ['db']]);
    assert.equal(play.line.take(unit(0)), false);
    assert.equal(play.line.take(unit(1)), true);
  });

  test('no more ask for a resource than may have it', async () => {
    const play = new Play([['gpu'], ['gpu'], ['gpu']]);
    for (const index of [0, 1, 2]) play.line.take(unit(index));
    play.line.advance();
    assert.equal(play.asked.length, 2);
    play.grant();
    await turn();
    assert.deepEqual(
      play.ready.map(({ id }) => id),
      ['u:0'],
    );
    assert.equal(play.asked.length, 1, 'its permit is in use until its attempt is over');
    await play.line.release(unit(0));
    assert.equal(play.asked.length, 2);
  });

  test('one that needs what is busy does not hold up one that needs something else', () => {
    const play = new Play([['db'], ['db'], ['disk']]);
    for (const index of [0, 1, 2]) play.line.take(unit(index));
    play.line.advance();
    assert.deepEqual(
      play.asked.map(({ resource }) => resource.name),
      ['db', 'disk'],
    );
  });

  test('what is needed together is acquired by name, and given back where the rest is blocked', async () => {
    const play = new Play([['gpu', 'db']]);
    play.line.take(unit(0));
    play.line.advance();
    assert.deepEqual(
      play.asked.map(({ resource }) => resource.name),
      ['db'],
    );
    play.grant();
    await turn();
    assert.deepEqual(
      play.asked.map(({ resource }) => resource.name),
      ['gpu'],
    );
    play.asked.shift()?.answer(blockedBy('held'));
    await turn();
    assert.deepEqual(play.blocked, [
      'no lease of gpu: all permits are taken: 2 hold one, the longest for 1.5 s',
    ]);
    assert.equal(play.used.get('db'), 0);
  });

  for (const [how, said] of [
    ['lost', /was taken away while it was held/],
    ['refused', /the file system refuses/],
  ] as const) {
    test(`a lease that was ${how} is said`, async () => {
      const play = new Play([['db']]);
      play.releasing = how;
      play.line.take(unit(0));
      play.line.advance();
      play.grant();
      await turn();
      await play.line.release(unit(0));
      assert.match(play.faults.join('\n'), said);
    });
  }

  test('whatever comes, each unit has one end and no permit is left', async () => {
    const needs = fc.array(fc.subarray(Object.keys(LIMITS), { minLength: 1 }), { maxLength: 8 });
    const steps = fc.array(fc.constantFrom('grant', 'block', 'release', 'stop'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(needs, steps, async (all, course) => {
        const play = new Play(all);
        for (const index of all.keys()) play.line.take(unit(index));
        play.line.advance();
        const released = new Set<string>();
        let returned: Unit[] = [];
        const releaseOne = async (): Promise<void> => {
          const held = play.ready.find(({ id }) => !released.has(id));
          if (held === undefined) return;
          released.add(held.id);
          await play.line.release(held);
        };
        for (const step of [...course, 'stop' as const]) {
          if (step === 'grant') play.grant();
          if (step === 'block') play.asked.shift()?.answer(blockedBy('held'));
          if (step === 'release') await releaseOne();
          if (step === 'stop') returned = [...returned, ...play.line.stop()];
          await turn();
          for (const [name, used] of play.used) assert.ok(used <= (LIMITS[name] ?? 0), name);
        }
        while (released.size < play.ready.length) await releaseOne();
        await turn();
        const ends = play.ready.length + play.blocked.length + returned.length;
        assert.equal(ends, all.length);
        assert.equal(play.line.size, 0);
        for (const [name, used] of play.used) assert.equal(used, 0, name);
      }),
      { numRuns: 200 },
    );
  });
});
