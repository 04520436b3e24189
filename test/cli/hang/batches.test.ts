import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { HangJson } from '../../../src/hang/report/json.ts';
import { outcomes, readReport, shellProject } from '../project.ts';
import { runBin } from '../run-bin.ts';
import { hangOf } from './running.ts';

const NODE_MODULES = join(import.meta.dirname, '../../../node_modules');

/** Waits for nothing that comes, and does nothing. */
const HANGS = "test('hangs', () => new Promise(() => {}), 60_000);\n";

/** Uses a processor for so long that it still does when the other one's time is up, almost. */
const BUSY = `test('is busy', () => {
  const until = Date.now() + 5_500;
  while (Date.now() < until);
}, 60_000);
`;

/** Runs a project's two files side by side in one batch. */
async function seen(files: Readonly<Record<string, string>>): Promise<HangJson> {
  const dir = shellProject(files);
  symlinkSync(NODE_MODULES, join(dir, 'node_modules'));
  const args = ['run', '--out', 'out', '--workers', '2', '--retries', '0', '--timeout', '8s'];
  const { stderr } = await runBin(dir, args);
  const report = readReport(join(dir, 'out', 'report.json'));
  assert.deepEqual(outcomes(report), { 'busy.test.js': 'passed', 'hangs.test.js': 'hung' }, stderr);
  const attempt = report.units.find(({ path }) => path === 'hangs.test.js')?.attempts[0];
  assert.equal(attempt?.batchSize, 2);
  return hangOf(dir, report, attempt);
}

describe('a file that hangs beside one that is busy', { concurrency: true }, () => {
  test('in a worker of Vitest: hung, and that worker is what was looked at', async () => {
    const imported = "import { test } from 'vitest';\n";
    const { graph } = await seen({
      'package.json': '{"type": "module", "scripts": {"test": "vitest run"}}',
      'vitest.config.js': "export default { test: { pool: 'forks', maxWorkers: 2 } };\n",
      'hangs.test.js': imported + HANGS,
      'busy.test.js': imported + BUSY,
    });
    assert.equal(graph.processes.length, 1);
    assert.match(graph.processes[0]?.command ?? '', /vitest/);
  });

  test('in a worker of Jest: hung, and that worker is what was looked at', async () => {
    const { graph } = await seen({
      'package.json': '{"scripts": {"test": "jest"}, "jest": {"maxWorkers": 2}}',
      'hangs.test.js': HANGS,
      'busy.test.js': BUSY,
    });
    assert.equal(graph.processes.length, 1);
    assert.match(graph.processes[0]?.command ?? '', /jest-worker/);
  });
});
