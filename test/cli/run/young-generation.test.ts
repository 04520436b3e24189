import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { plainEnvironment } from '../../plain-environment.ts';

const MEBIBYTE = 2 ** 20;

/** Prints by how many bytes the young generation grows while much is made that lives for a while. */
const GROW = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { holdYoungGeneration } from '${import.meta.resolve('../../../src/cli/run/young-generation.ts')}';
  const size = () =>
    getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size;
  if (process.argv[1] === 'held') holdYoungGeneration();
  const before = size();
  let kept = [];
  for (let made = 0; made < 500_000; made += 1) {
    kept.push({ made });
    if (kept.length > 60_000) kept = [];
  }
  console.log(size() - before);
`;

function growth(how: 'held' | 'free'): { readonly bytes: number; readonly stderr: string } {
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', GROW, how];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: plainEnvironment,
  });
  return { bytes: Number(stdout), stderr };
}

test('the young generation does not grow once it is held, and V8 knows the flag', () => {
  const free = growth('free');
  const held = growth('held');
  assert.equal(held.stderr, '');
  // The pages of the size that it has may still be taken one by one.
  assert.ok(held.bytes < 3 * MEBIBYTE, `held, it grew by ${held.bytes}`);
  assert.ok(free.bytes > 8 * MEBIBYTE, `free, it grew by ${free.bytes}`);
});
