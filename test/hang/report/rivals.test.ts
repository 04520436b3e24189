import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HANG_CLASSES } from '../../../src/hang/classes/registry.ts';
import { rivalsOf } from '../../../src/hang/diagnose.ts';

const [first, second] = HANG_CLASSES;
assert.ok(first !== undefined && second !== undefined);

const claim = {
  root: { pid: 1, command: 'x', thread: null, fd: null, place: null },
  decidedBy: [],
  ruledOut: [],
  couldBe: ['nothing of the kind'],
};

test('a rival is told by what it says, and not by what speaks against it', () => {
  const best = { ...claim, class: first, confidence: 0.9, summary: 'it reads' };
  const rival = { ...claim, class: second, confidence: 0.6, summary: 'it sleeps' };
  assert.deepEqual(rivalsOf([best, rival]), [`${second.name}: it sleeps`]);
  assert.deepEqual(rivalsOf([best, { ...rival, confidence: 0.4 }]), []);
  assert.deepEqual(rivalsOf([best, { ...rival, class: first }]), []);
  assert.deepEqual(rivalsOf([]), []);
});
