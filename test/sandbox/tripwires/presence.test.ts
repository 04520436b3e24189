import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Presence } from '../../../src/sandbox/tripwires/presence.ts';
import { attemptOf } from './watched.ts';

test('who ran at a moment, a little before it was entered included', () => {
  let now = 1_000;
  const presence = new Presence({ wall: () => now, monotonic: () => now });
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
  assert.equal(presence.at(1_500).has(a), false, 'what hangs on an attempt goes with it');
});
