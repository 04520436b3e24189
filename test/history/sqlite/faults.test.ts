import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PindownError } from '../../../src/core/errors.ts';
import { Database } from '../../../src/history/sqlite/driver.ts';
import { openHistory } from '../../../src/history/sqlite/open.ts';
import { SqliteHistory } from '../../../src/history/sqlite/sqlite-history.ts';
import { aRun, aTest, aUnit } from '../samples.ts';
import { openForTest } from './open-for-test.ts';
import { firstOutput, killed, outputOf, startProgram } from './start-program.ts';
import { temporaryHistory } from './temporary.ts';

function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof PindownError, String(error));
    return error.code;
  }
  return 'none';
}

async function openAsNobody(context: TestContext, file: string): Promise<string> {
  return await outputOf(startProgram(context, 'open-as-nobody', file));
}

test('a directory that may not be written has no history, and says why', async (context) => {
  const file = temporaryHistory(context);
  const dir = dirname(file);
  chmodSync(dir, 0o555);
  const said = await openAsNobody(context, file);
  chmodSync(dir, 0o755);
  assert.match(said, /^history-read-only The history .* can't be used: EACCES \(access .*\)\.$/);
  assert.equal(existsSync(file), false);
});

test('a file that may not be written has no history, and says why', async (context) => {
  const file = temporaryHistory(context);
  openForTest(file).close();
  rmSync(`${file}.lock`);
  chmodSync(dirname(file), 0o777);
  chmodSync(file, 0o444);
  const said = await openAsNobody(context, file);
  assert.match(said, /^history-read-only .*EACCES \(access .*history\.sqlite\)\.$/);
});

test('a directory that can not be there has no history, and says why', () => {
  const dir = mkdtempSync(join(tmpdir(), 'pindown-history-'));
  writeFileSync(join(dir, 'file'), '');
  const opened = openHistory(join(dir, 'file', 'history.sqlite'));
  rmSync(dir, { recursive: true });
  assert.ok(opened.kind === 'unavailable');
  assert.equal(opened.error.code, 'history-failed');
  assert.match(opened.error.message, /ENOTDIR|EEXIST/);
});

test('a full disk loses the transaction that met it, and nothing else', (context) => {
  const file = temporaryHistory(context);
  openForTest(file).close();
  const db = new Database(file);
  const history = new SqliteHistory(db, file);
  const run = aRun();
  history.beginRun(run);
  history.recordUnits(run.id, [aUnit('before', ['passed'])]);
  db.exec('PRAGMA max_page_count = 1');
  const tests = Array.from({ length: 100 }, (_, position) =>
    aTest(`test ${position}`, 'failed', { message: 'm'.repeat(4000) }),
  );
  const large = aUnit('large', [{ outcome: 'failed', tests }]);
  assert.equal(
    faultOf(() => history.recordUnits(run.id, [large])),
    'history-full',
  );
  assert.deepEqual(
    history.units().map(({ path }) => path),
    ['before'],
  );
  db.exec('PRAGMA max_page_count = 100000');
  history.recordUnits(run.id, [large]);
  assert.deepEqual(history.unitHistory('large', 1)[0]?.unit, large);
  history.close();
});

test('processes that write at once lose nothing and share no number', async (context) => {
  const file = temporaryHistory(context);
  const children = ['a', 'b', 'c'].map((name) =>
    startProgram(context, 'record-units', file, name, '100'),
  );
  const numbers = await Promise.all(children.map(outputOf));
  assert.deepEqual(numbers.sort(), ['1', '2', '3']);
  const history = openForTest(file);
  assert.equal(history.units().length, 300);
  assert.deepEqual(
    history.runs(9).map(({ counts }) => counts.flaky),
    [100, 100, 100],
  );
  assert.equal(history.flaky({ runs: 9 }).length, 300);
  history.close();
});

test('kill -9 in the middle of a transaction undoes that one alone', async (context) => {
  const file = temporaryHistory(context);
  const child = startProgram(context, 'hold-transaction', file);
  assert.equal(await firstOutput(child), 'ready');
  await killed(child);
  const history = openForTest(file);
  assert.deepEqual(
    history.units().map(({ path }) => path),
    ['before'],
  );
  assert.equal(history.beginRun(aRun()), 2);
  history.close();
  const db = new Database(file);
  assert.equal(db.value('PRAGMA integrity_check'), 'ok');
  db.close();
});

test('another process in a transaction is waited for, but not for ever', async (context) => {
  const file = temporaryHistory(context);
  const child = startProgram(context, 'hold-transaction', file);
  await firstOutput(child);
  const history = openForTest(file);
  assert.equal(history.runs(9).length, 1, 'who reads need not wait');
  const run = aRun();
  assert.equal(
    faultOf(() => history.beginRun(run)),
    'history-busy',
  );
  await killed(child);
  assert.equal(history.beginRun(run), 2);
  history.close();
});

test('who opens waits for one that makes or sets aside, but not for ever', (context) => {
  const file = temporaryHistory(context);
  const other = new Database(`${file}.lock`);
  other.lock();
  const opened = openHistory(file);
  assert.ok(opened.kind === 'unavailable');
  assert.equal(opened.error.code, 'history-busy');
  other.close();
  openForTest(file).close();
});
