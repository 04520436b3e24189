import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Finding } from '../../../src/hang/probes/probe.ts';
import { outcomes, runShell, shellProject } from '../project.ts';
import { hangOf, RunningRun } from './running.ts';

/** Waits in a function of its own for what never comes, and something keeps its loop. */
const WAITS = `
async function waitsForNothing() {
  await new Promise((resolve) => setTimeout(resolve, 1e9));
}
waitsForNothing();
`;

const SPINS = `
function spins() {
  for (;;);
}
spins();
`;

/** What the inspector told of a script, and the page that tells of it. */
async function told(
  script: string,
  name: string,
): Promise<{ readonly page: string; readonly finding: Finding | undefined }> {
  const dir = shellProject({ [name]: script, 'u/a.sh': `exec node ${name}\n` });
  const { report } = await runShell(dir, ['--retries', '0', '--timeout', '1500ms']);
  const attempt = report.units[0]?.attempts[0];
  const { findings } = hangOf(dir, report, attempt);
  const page = attempt?.evidence.find((path) => path.endsWith('/hang.md')) ?? '';
  return {
    page: readFileSync(join(dir, '.pindown/runs', report.run.id, page), 'utf8'),
    finding: findings.find(({ disturbed }) => disturbed === 'starts-inspector'),
  };
}

describe('one that is to be ended anyway', { concurrency: true }, () => {
  test('is asked through its inspector for what keeps it, and the page tells', async (t) => {
    const { page, finding } = await told(WAITS, 'waits.cjs');
    assert.equal(finding?.probe, 'node-inspector');
    // On a loaded machine there may be no time for an answer; then the page says that.
    t.diagnostic(finding.missing ?? 'answered');
    if (finding.missing === null) assert.match(page, /kept by its timeout of 1000000000 ms/);
    else assert.ok(page.includes(`node-inspector of pid ${finding.pid}: ${finding.missing}`));
  });

  test('and for the line of a busy loop', async (t) => {
    const { page, finding } = await told(SPINS, 'spins.cjs');
    t.diagnostic(finding?.missing ?? 'answered');
    if (finding?.missing === null) assert.match(page, /spins\.cjs:\d+ \(spins/);
    else assert.ok(page.includes(`node-inspector of pid ${finding?.pid}: ${finding?.missing}`));
  });

  test('but not where a person is to have it as it is', async () => {
    const dir = shellProject({
      'pindown.toml': '[hang]\non-hang = "hold"\n',
      'waits.cjs': WAITS,
      'u/a.sh': 'exec node waits.cjs\n',
    });
    const options = ['u/*.sh', '--retries', '0', '--timeout', '1500ms', '--', 'sh', '{unit}'];
    await RunningRun.during(dir, options, async (run) => {
      await run.says(/is held stopped/);
      run.interrupt();
      const { report } = await run.over();
      assert.deepEqual(outcomes(report), { 'u/a.sh': 'hung' });
      const { findings } = hangOf(dir, report, report.units[0]?.attempts[0]);
      assert.deepEqual(
        findings.filter(({ disturbed }) => disturbed !== 'nothing'),
        [],
      );
    });
  });
});
