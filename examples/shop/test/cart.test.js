import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { total } from '../lib/cart.js';

describe('total', () => {
  test('of an empty cart is nothing', () => assert.equal(total([]), 0));
  test('adds up', () => assert.equal(total([{ price: 1.5, count: 2 }, { price: 0.1, count: 3 }]), 3.3));
  // Fails every time: a bug, not a flake.
  test('rounds only once', () => assert.equal(total([{ price: 1.005, count: 3 }]), 3.02));
});
