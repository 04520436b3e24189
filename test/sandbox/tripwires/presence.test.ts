import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as loopTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Presence } from '../../../src/sandbox/tripwires/presence.ts';
import { attemptOf } from './watched.ts';

test('who ran at a moment, a little before it was entered included', () => {
  let now = 1_000;
  const presence = new Presence({ monotonic: () => now });
  const [a, b] = [attemptOf('a'), attemptOf('b')];
  presence.enter(a);
  now = 2_000;
  presence.enter(b);
  now = 3_000;
  assert.equal(presence.leave(a), 1_000);
  const at = (moment: number | null): string[] => [...presence.at(moment).values()].flat();
  assert.deepEqual(at(900), []);
  assert.deepEqual(at(990), ['a']);
  assert.deepEqual(at(1_500), ['a']);
  assert.deepEqual(at(1_990), ['a', 'b']);
  assert.deepEqual(at(3_001), ['b']);
  assert.deepEqual(at(null), []);
  assert.deepEqual([...presence.now().keys()], [b]);
  assert.deepEqual(
    [presence.isAny(presence.at(990)), presence.isAny(presence.at(1_990))],
    [false, true],
  );
});

/** Enters somebody and lets it leave; nobody else knows of it. */
function comeAndGo(presence: Presence): WeakRef<object> {
  const passing = attemptOf('passing');
  presence.enter(passing);
  presence.leave(passing);
  return new WeakRef(passing);
}

test('an attempt that is over is remembered, and not held in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const presence = new Presence({ monotonic: () => 1_000 });
  const gone = comeAndGo(presence);
  // A WeakRef holds what it refers to until the turn of the loop that made it is over.
  await loopTurn();
  collectGarbage();
  assert.equal(gone.deref(), undefined);
  assert.deepEqual([...presence.at(1_000).values()], [['passing']]);
});
