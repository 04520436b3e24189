import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acquireLease } from '../../src/lease/acquire-lease.ts';
import { BACKENDS } from '../../src/lease/claims.ts';
import { loadSystemCalls } from '../../src/process/native/load-system-calls.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { leaseConformance } from './lease-conformance.ts';

for (const backend of BACKENDS) {
  const calls = loadSystemCalls();
  if (backend === 'kernel' && calls.via === null) {
    test(`leases kept by ${backend}`, { skip: calls.because }, () => undefined);
  } else leaseConformance(backend);
}

test('a lease of nothing sensible is refused', async () => {
  const root = scratchDirectory();
  await assert.rejects(acquireLease({ root, key: '', limit: 1 }), { code: 'lease-key' });
  await assert.rejects(acquireLease({ root, key: '\uD800', limit: 1 }), { code: 'lease-key' });
  for (const limit of [0, 1.5, Number.NaN, 1001]) {
    await assert.rejects(acquireLease({ root, key: 'a', limit }), { code: 'lease-limit' });
  }
  for (const wait of [-1, Number.NaN]) {
    await assert.rejects(acquireLease({ root, key: 'a', limit: 1, wait }), { code: 'lease-wait' });
  }
});
