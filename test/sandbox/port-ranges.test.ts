import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { PortRanges } from '../../src/sandbox/port-ranges.ts';

test('no two slots of two runs share a port, and a port in use is in no range', async () => {
  const one = await PortRanges.reserve(3);
  const used = createServer().listen((one.of(2)?.first ?? 0) + BEYOND, '127.0.0.1');
  await once(used, 'listening');
  const two = await PortRanges.reserve(3);
  const ports = [one, two].flatMap((ranges) =>
    [0, 1, 2].flatMap((slot) => {
      const { first, count } = ranges.of(slot) ?? { first: 0, count: 0 };
      return Array.from({ length: count }, (_, index) => first + index);
    }),
  );
  assert.equal(ports.length, 90);
  assert.equal(new Set(ports).size, 90);
  const address = used.address();
  assert.ok(typeof address === 'object' && address !== null && !ports.includes(address.port));
  one.close();
  two.close();
  used.close();
});

/** From the first port of a slot's range into the middle of the block after it. */
const BEYOND = 20;
