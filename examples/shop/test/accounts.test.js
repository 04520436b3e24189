import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol } from '../lib/accounts.js';

// Flaky: two threads race for which hash is done first.
test('enrols users in the order in which they came', async () => {
  const enrolled = await enrol([
    { name: 'ada', password: 'correct horse' },
    { name: 'grace', password: 'battery staple' },
  ]);
  assert.deepEqual(enrolled.map(({ name }) => name), ['ada', 'grace']);
});
