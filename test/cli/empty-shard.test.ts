import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readReport, shellProject } from './project.ts';
import { runBin } from './run-bin.ts';

const COMMAND = ['--', 'sh', '{unit}'];

describe('a shard that no unit came to', () => {
  test('is green, and says that it ran nothing', async () => {
    const dir = shellProject({ 'u/a.sh': 'exit 0' });
    const ran = await runBin(dir, ['run', 'u/*.sh', '--shard', '2/2', '--out', 'two', ...COMMAND]);
    assert.equal(ran.status, 0);
    assert.match(
      ran.stdout,
      /^ {2}warning: none of the plan's 1 unit came to this shard \(2\/2\)/m,
    );
    assert.match(ran.stdout, /^Run 1 had nothing to run$/m);
    assert.doesNotMatch(ran.stdout, /Run 1 passed/);
    assert.equal(readReport(join(dir, 'two/report.json')).run.exitCode, 0);

    await runBin(dir, ['run', 'u/*.sh', '--shard', '1/2', '--out', 'one', ...COMMAND]);
    const merged = await runBin(dir, ['merge', 'one', 'two']);
    assert.equal(merged.status, 0);
    assert.match(
      merged.stdout,
      /warning: shard 2\/2: none of the plan's 1 unit came to this shard/,
    );
    assert.match(merged.stdout, /^1 unit planned = 1 passed$/m);
    assert.match(merged.stdout, /^Run passed after/m);
  });

  test('is not to be told from a plan without units by being green', async () => {
    const dir = shellProject({ 'u/readme.txt': '' });
    const ran = await runBin(dir, ['run', 'u/*.sh', '--shard', '2/2', ...COMMAND]);
    assert.equal(ran.status, 4);
  });
});
