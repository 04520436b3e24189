import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandLine } from '../../src/process/member.ts';

const secret = fc.stringMatching(/^[a-z0-9]{8,20}$/).map((text) => `zq${text}`);

/** Where secrets stand among the arguments of a program. */
const told = fc.constantFrom<(value: string) => string[]>(
  (value) => [`--api-key=${value}`],
  (value) => ['--password', value],
  (value) => [`https://me:${value}@example.org/x`],
  (value) => ['-H', `Authorization: Bearer ${value}`],
  (value) => [`DB_TOKEN=${value}`],
);

/** What stands before it: a secret that is cut in two is one all the same. */
const padding = fc.nat({ max: 600 }).map((length) => 'x '.repeat(length / 2));

test('a command line shows no secret that its process was given', async () => {
  await fc.assert(
    fc.asyncProperty(secret, told, padding, async (value, tell, before) => {
      const args = ['-c', 'echo; read never', 'sh', before, ...tell(value), 'visible'];
      const child = spawn('sh', args, { stdio: ['pipe', 'pipe', 'ignore'] });
      try {
        await once(child.stdout, 'data');
        const line = commandLine(child.pid ?? 0) ?? '';
        // Not a part of it either.
        assert.equal(line.includes(value.slice(0, 6)), false, line);
        assert.match(line, /^sh -c echo; read never sh/);
        assert.ok(line.length <= 500);
      } finally {
        child.stdin.end();
        await once(child, 'close');
      }
    }),
    { numRuns: 60 },
  );
});
