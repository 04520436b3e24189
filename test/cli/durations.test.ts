import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { formatDurations, parseDurations } from '../../src/plan/durations-file.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { runBin } from './run-bin.ts';

const scratch = scratchDirectory();

function newProject(): string {
  const dir = mkdtempSync(join(scratch, 'project-'));
  writeFileSync(join(dir, 'pindown.toml'), '');
  return dir;
}

const known = new Map([
  ['unit:a', [5, 6, 7]],
  ['unit:b', [8]],
]);
const text = formatDurations(known, 0);

describe('pindown durations', () => {
  test('what was imported is exported, on another machine and again', async () => {
    const dir = newProject();
    writeFileSync(join(dir, 'in.json'), text);
    const imported = await runBin(dir, ['durations', 'import', 'in.json']);
    assert.equal(imported.status, 0);
    assert.match(imported.stderr, /durations of 2 units read from in\.json/);
    const exported = await runBin(dir, ['durations', 'export', 'out.json']);
    assert.equal(exported.status, 0);
    assert.deepEqual(
      new Map(parseDurations(readFileSync(join(dir, 'out.json'), 'utf8'), 'out.json')),
      known,
    );
  });

  test('several files at once; a file that is imported again replaces what it gave', async () => {
    const dir = newProject();
    writeFileSync(join(dir, 'one.json'), text);
    writeFileSync(join(dir, 'two.json'), formatDurations(new Map([['unit:c', [9]]]), 0));
    await runBin(dir, ['durations', 'import', 'one.json', 'two.json']);
    writeFileSync(join(dir, 'one.json'), formatDurations(new Map([['unit:a', [50]]]), 0));
    await runBin(dir, ['durations', 'import', 'one.json']);
    const { stdout } = await runBin(dir, ['durations', 'export', '-']);
    assert.deepEqual(
      [...parseDurations(stdout, '-')],
      [
        ['unit:a', [50]],
        ['unit:c', [9]],
      ],
    );
  });

  test('reads standard input', async () => {
    const dir = newProject();
    assert.equal((await runBin(dir, ['durations', 'import', '-'], text)).status, 0);
    const { stdout } = await runBin(dir, ['durations', 'export', '-']);
    assert.deepEqual(new Map(parseDurations(stdout, '-')), known);
  });

  test('a project with no history exports a file with no units', async () => {
    const { status, stdout } = await runBin(newProject(), ['durations', 'export', '-']);
    assert.equal(status, 0);
    assert.equal(parseDurations(stdout, '-').size, 0);
  });

  test('a bad file among good ones: named, and nothing is taken in', async () => {
    const dir = newProject();
    writeFileSync(join(dir, 'good.json'), text);
    writeFileSync(join(dir, 'bad.json'), text.slice(0, -10));
    const { status, stderr } = await runBin(dir, ['durations', 'import', 'good.json', 'bad.json']);
    assert.equal(status, 2);
    assert.match(stderr, /bad\.json is not JSON/);
    const { stdout } = await runBin(dir, ['durations', 'export', '-']);
    assert.equal(parseDurations(stdout, '-').size, 0);
  });

  const refused: readonly (readonly [args: string[], status: number, message: RegExp])[] = [
    [['import', 'nowhere.json'], 2, /nowhere\.json can't be read: ENOENT/],
    [['export', 'no/where.json'], 6, /could not be written to no\/where\.json: ENOENT/],
    [['exprot', 'x.json'], 2, /got "exprot"[^]*Did you mean export\?/],
    [['export', 'a.json', 'b.json'], 2, /takes one file, got 2/],
    [['export'], 2, /needs/],
  ];
  for (const [args, status, message] of refused) {
    test(`durations ${args.join(' ')}`, async () => {
      const ran = await runBin(newProject(), ['durations', ...args]);
      assert.equal(ran.status, status);
      assert.match(ran.stderr, message);
    });
  }
});
