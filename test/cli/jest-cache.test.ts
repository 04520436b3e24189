import assert from 'node:assert/strict';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shellProject } from './project.ts';
import { binEnvironment, runBin } from './run-bin.ts';

test("Jest's cache outlives the attempt, whose TMPDIR does not", async () => {
  const dir = shellProject({
    'package.json': '{ "scripts": { "test": "jest" } }',
    'a.test.js': `test('has a TMPDIR of its own', () => {
      expect(process.env.TMPDIR).not.toBe(process.env.PINDOWN_OUTER_TMPDIR);
      expect(require('fs').readdirSync(process.env.TMPDIR)).toEqual([]);
    });`,
  });
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(dir, 'node_modules'));
  const { status, stderr } = await runBin(dir, ['run']);
  assert.equal(status, 0, stderr);
  const temp = binEnvironment['TMPDIR'] ?? '';
  const caches = readdirSync(temp).filter((name) => name.startsWith('jest_'));
  assert.ok(
    caches.some((cache) =>
      readdirSync(join(temp, cache)).some((name) => name.startsWith('jest-transform-cache')),
    ),
    readdirSync(temp).join(' '),
  );
});
