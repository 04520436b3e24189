import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { slug } from '../lib/slug.js';

describe('slug', () => {
  for (const [title, expected] of [
    ['Hello, world', 'hello-world'],
    ['Crème brûlée', 'creme-brulee'],
    ['  spaced  out  ', 'spaced-out'],
  ]) {
    test(`of ${JSON.stringify(title)}`, () => assert.equal(slug(title), expected));
  }
  test('of nothing is nothing', () => assert.equal(slug(''), ''));
});
