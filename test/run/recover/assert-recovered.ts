import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readHolder } from '../../../src/run/holder.ts';
import { conserved, readReport } from '../../cli/project.ts';
import { isHeld, isThere, processesWith, readTruth } from '../../process/tier/truth.ts';
import type { KillableProject } from './killable-project.ts';

const RUN_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What an attempt comes to, whatever became of its Pindown. */
const ENDED = /^(?:passed|failed|flaky|leaked|hung|timed-out|lost)$/;

/**
 * Asserts that a start has cleared away all that earlier ones left when they were killed.
 *
 * @param runIds all runs that there ever were, so far as they were seen
 * @param spared processes that may have the project's directory as theirs
 */
export function assertRecovered(
  project: KillableProject,
  runIds: ReadonlySet<string>,
  spared: ReadonlySet<number>,
): void {
  const { dir, temp, truths, runsDir } = project;
  assertProcessesGone(dir, truths, runIds, spared);
  const entries = project.entries();
  const others = entries.filter((name) => !RUN_ID.test(name));
  assert.deepEqual(others, [], 'neither a run nor removed');
  const worlds = new Set<string>();
  for (const run of entries) {
    const runDir = join(runsDir, run);
    assertClosed(runDir);
    const root = readHolder(runDir)?.worlds?.root;
    if (root !== undefined) worlds.add(root);
  }
  for (const name of readdirSync(temp)) {
    const root = join(temp, name);
    assert.ok(worlds.has(root), `${root} is nobody's`);
    assert.ok(holdsFile(root), `${root} is empty`);
  }
}

/** No run may leave a group, an empty one neither. */
export function assertNoGroups(homes: readonly string[], runIds: ReadonlySet<string>): void {
  for (const home of homes) {
    for (const runId of runIds) {
      assert.ok(!existsSync(join(home, `pindown-${runId}`)), `${home} still has that of ${runId}`);
    }
  }
}

function assertProcessesGone(
  dir: string,
  truths: string,
  runIds: ReadonlySet<string>,
  spared: ReadonlySet<number>,
): void {
  for (const name of readdirSync(truths)) {
    if (!/-\d+$/.test(name)) continue;
    const truth = join(truths, name);
    assert.deepEqual(readTruth(truth).filter(isThere), [], `${name}: still there`);
    if (name.startsWith('runs-away')) assert.equal(isHeld(truth), false, `${name}: still there`);
  }
  const left = processesWith(
    ({ cwd, environment }) =>
      cwd === dir || [...runIds].some((id) => environment.includes(`${id}/`)),
  ).filter((pid) => !spared.has(pid));
  assert.deepEqual(left, [], 'still there');
}

/** Planned = the sum of the outcomes, and each is one that can be. */
function assertClosed(runDir: string): void {
  const file = join(runDir, 'report.json');
  assert.ok(existsSync(file), `${runDir} is not closed`);
  const report = readReport(file);
  assert.ok(conserved(report), `${runDir}: ${JSON.stringify(report.totals)}`);
  for (const { path, outcome } of report.units) {
    assert.match(outcome, ENDED, `${path} in ${runDir}`);
  }
  // What began and did not end is lost, and nothing else is.
  const died = report.run.stopped?.startsWith('Pindown died') === true;
  const lost = report.units.filter(({ outcome }) => outcome === 'lost').length;
  if (!died) assert.equal(lost, 0, runDir);
}

function holdsFile(root: string): boolean {
  return readdirSync(root, { recursive: true, withFileTypes: true }).some(
    (entry) => !entry.isDirectory() && entry.name !== 'pindown-run',
  );
}
