import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { redact } from '../../src/core/redact.ts';

const secret = fc.stringMatching(/^[a-z0-9]{8,20}$/).map((text) => `zq${text}`);

test('no secret gets through, in whatever way it is told', () => {
  const told = fc.constantFrom<(value: string) => string>(
    (value) => `API_KEY=${value} node x.js`,
    (value) => `run --token=${value}`,
    (value) => `mysql --password ${value} db`,
    (value) => `psql postgres://me:${value}@db/x`,
    (value) => `curl -H 'Authorization: Bearer ${value}'`,
  );
  fc.assert(
    fc.property(secret, told, (value, tell) => {
      assert.equal(redact(tell(value)).includes(value), false);
    }),
  );
});

test('a command without a secret stays as it is', () => {
  for (const text of ['node --test test/a.test.ts', 'reads pipe:[13528461] (fd 3)', 'sleep 1000'])
    assert.equal(redact(text), text);
});
