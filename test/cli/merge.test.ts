import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as v from 'valibot';
import { unitResult } from '../../src/core/attempt.ts';
import { unitAt } from '../plan/units.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { allPass, attemptOf, type Results, writeShards } from '../run/shards.ts';
import { runBin } from './run-bin.ts';

const scratch = scratchDirectory();
const units = ['a', 'b', 'c', 'd', 'e'].map((path) => unitAt(`test/${path}.test.js`));

function project(results: Results = allPass(units)): string {
  const dir = mkdtempSync(join(scratch, 'project-'));
  writeFileSync(join(dir, 'pindown.toml'), '');
  writeShards(join(dir, 'parts'), units, { total: 3, durations: new Map(), results });
  return dir;
}

const reportSchema = v.object({
  run: v.object({ id: v.string(), shard: v.null(), exitCode: v.number() }),
  totals: v.record(v.string(), v.number()),
  units: v.array(v.object({ id: v.string() })),
});
const readReport = (text: string) => v.parse(reportSchema, JSON.parse(text));

describe('pindown merge', () => {
  test('writes one report of all parts, and ends as the whole run would have', async () => {
    const dir = project();
    const { status, stdout } = await runBin(dir, ['merge', 'parts', '--out', 'whole']);
    assert.equal(status, 0);
    assert.match(stdout, /5 units/);
    const report = readReport(readFileSync(join(dir, 'whole/report.json'), 'utf8'));
    assert.equal(report.totals['planned'], 5);
    assert.equal(report.totals['passed'], 5);
    assert.deepEqual(
      report.units.map(({ id }) => id).toSorted(),
      units.map(({ id }) => id),
    );
    assert.match(readFileSync(join(dir, 'whole/junit.xml'), 'utf8'), /<testsuites [^>]*tests="5"/);
    assert.match(readFileSync(join(dir, 'whole/ctrf.json'), 'utf8'), /"reportFormat":"CTRF"/);
    assert.ok(!existsSync(join(dir, '.pindown')), 'nothing is written beside --out');
  });

  test('without --out it is a run of the project, under a new id', async () => {
    const dir = project();
    const { status, stdout } = await runBin(dir, [
      'merge',
      'parts/shard-3',
      'parts/shard-1',
      'parts/shard-2',
      '--json',
    ]);
    assert.equal(status, 0);
    const { run } = readReport(stdout);
    assert.deepEqual(readdirSync(join(dir, '.pindown/runs')), [run.id]);
  });

  test('a failure in one part is a failure of the whole', async () => {
    const failed = units[3]!;
    const results = new Map(allPass(units));
    results.set(failed.id, unitResult(failed, [attemptOf(failed, 1, 'failed', [])]));
    const { status, stdout } = await runBin(project(results), ['merge', 'parts', '--out', 'whole']);
    assert.equal(status, 1);
    assert.ok(stdout.includes(failed.path));
  });

  test('refuses parts that are not whole, and writes nothing', async () => {
    const dir = project();
    truncateSync(join(dir, 'parts/shard-2/blob.ndjson'), 100);
    const { status, stderr } = await runBin(dir, ['merge', 'parts', '--out', 'whole']);
    assert.equal(status, 6);
    assert.match(stderr, /parts\/shard-2\/blob\.ndjson is truncated/);
    assert.match(stderr, /shard 2\/3 is missing; 2 units: unit:test\/b\.test\.js, unit:test\/e\./);
    assert.ok(!existsSync(join(dir, 'whole')));
  });

  test("does not write over a part's own reports", async () => {
    const { status, stderr } = await runBin(project(), [
      'merge',
      'parts',
      '--out',
      'parts/shard-1',
    ]);
    assert.equal(status, 2);
    assert.match(stderr, /is the directory of one of the parts/);
  });

  test('says where the reports could not be written', async () => {
    const dir = project();
    const { status, stderr } = await runBin(dir, [
      'merge',
      'parts',
      '--out',
      'parts/shard-1/blob.ndjson/x',
    ]);
    assert.equal(status, 6);
    assert.match(stderr, /ENOTDIR/);
  });
});
