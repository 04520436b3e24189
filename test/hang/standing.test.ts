import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEAST_CONFIDENCE, standingOf } from '../../src/hang/standing.ts';

const sure = { confidence: 0.9 };

test('a proof stands above every claim', () => {
  assert.equal(standingOf(undefined, true), 'proven-stuck');
  assert.equal(standingOf({ ...sure, undecided: 'a look inside' }, true), 'proven-stuck');
  assert.equal(standingOf({ ...sure, progresses: true }, true), 'proven-stuck');
});

test('only a claim that says so makes it a hang', () => {
  assert.equal(standingOf(sure, false), 'stuck');
  assert.equal(standingOf({ ...sure, undecided: 'a look inside' }, false), 'undecided');
  assert.equal(standingOf({ ...sure, progresses: true }, false), 'progresses');
});

test('what is not sure enough is unknown', () => {
  assert.equal(standingOf(undefined, false), 'unknown');
  assert.equal(standingOf({ confidence: LEAST_CONFIDENCE - 0.01 }, false), 'unknown');
  assert.equal(standingOf({ confidence: LEAST_CONFIDENCE }, false), 'stuck');
});
