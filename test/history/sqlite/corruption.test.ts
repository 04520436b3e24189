import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { PindownError } from '../../../src/core/errors.ts';
import { Database } from '../../../src/history/sqlite/driver.ts';
import { setAside } from '../../../src/history/sqlite/set-aside.ts';
import { aRun, aTest, aUnit } from '../samples.ts';
import { mustOpen, openForTest } from './open-for-test.ts';
import { outputOf, startProgram } from './start-program.ts';
import { temporaryHistory } from './temporary.ts';

const PAGE_BYTES = 4096;

/** A history of many pages, closed. */
function aLargeHistory(file: string): void {
  const history = openForTest(file);
  const run = aRun();
  history.beginRun(run);
  const tests = [aTest('long', 'failed', { message: 'm'.repeat(3000) })];
  const units = Array.from({ length: 100 }, (_, unit) =>
    aUnit(`unit ${unit}`, [{ outcome: 'failed', tests }]),
  );
  history.recordUnits(run.id, units);
  history.close();
}

const damages: Readonly<Record<string, { damage: (file: string) => void; reason: RegExp }>> = {
  garbage: {
    damage: (file) => writeFileSync(file, randomBytes(10_000)),
    reason: /not a database/,
  },
  'a truncated file': {
    damage(file) {
      aLargeHistory(file);
      truncateSync(file, Math.floor(statSync(file).size / 2));
    },
    reason: /malformed/,
  },
  'a file cut within its header': {
    damage(file) {
      aLargeHistory(file);
      truncateSync(file, 50);
    },
    reason: /malformed/,
  },
  'a damaged schema': {
    damage(file) {
      aLargeHistory(file);
      const bytes = readFileSync(file);
      bytes.fill(0xff, 100, PAGE_BYTES);
      writeFileSync(file, bytes);
    },
    reason: /malformed/,
  },
  "another program's database": {
    damage(file) {
      const db = new Database(file);
      db.exec('CREATE TABLE theirs (id INTEGER); PRAGMA application_id = 7');
      db.close();
    },
    reason: /another program's database \(application 7\)/,
  },
};

for (const [name, { damage, reason }] of Object.entries(damages)) {
  test(`sets ${name} aside, whole, and begins a new history`, (context) => {
    const file = temporaryHistory(context);
    damage(file);
    const before = readFileSync(file);
    const { history, setAside: aside } = mustOpen(file, { minimumNumber: () => 8 });
    assert.ok(aside);
    assert.match(aside.reason, reason);
    assert.match(basename(aside.file), /^history\.sqlite\.corrupt-\d{8}T\d{9}Z$/);
    assert.deepEqual(readFileSync(aside.file), before);
    assert.equal(history.beginRun(aRun()), 8);
    history.close();
    const again = openForTest(file);
    assert.equal(again.runs(9).length, 1);
    again.close();
  });
}

const logs: Readonly<Record<string, (file: string) => void>> = {
  'with commits in it': (file) => {
    const whole = `${file}-whole`;
    aLargeHistory(whole);
    const writing = openForTest(whole);
    writing.beginRun(aRun());
    copyFileSync(`${whole}-wal`, `${file}-wal`);
    writing.close();
  },
  'that was torn': (file) => writeFileSync(`${file}-wal`, 'a log'),
};

for (const [name, makeLog] of Object.entries(logs)) {
  test(`sets a log ${name} aside as it is; a new history does not take it in`, (context) => {
    const file = temporaryHistory(context);
    makeLog(file);
    writeFileSync(file, randomBytes(PAGE_BYTES * 9));
    const [before, log] = [readFileSync(file), readFileSync(`${file}-wal`)];

    const { history, setAside: aside } = mustOpen(file);
    assert.ok(aside);
    assert.deepEqual(readFileSync(aside.file), before);
    assert.deepEqual(readFileSync(`${aside.file}-wal`), log);
    assert.deepEqual(history.runs(9), []);
    history.close();
  });
}

test('two files that are set aside in one moment stay two', (context) => {
  context.mock.timers.enable({ apis: ['Date'], now: 0 });
  const file = temporaryHistory(context);
  const asides = ['one', 'two', 'three'].map((text) => {
    writeFileSync(file, text);
    return setAside(file, 'damaged').file;
  });
  assert.deepEqual(
    asides.map((aside) => readFileSync(aside, 'utf8')),
    ['one', 'two', 'three'],
  );
});

test('takes an empty file for a new history', (context) => {
  const file = temporaryHistory(context);
  writeFileSync(file, '');
  const history = openForTest(file);
  assert.equal(history.beginRun(aRun()), 1);
  history.close();
});

test('damage that only a statement meets is found and set aside on the next start', (context) => {
  const file = temporaryHistory(context);
  aLargeHistory(file);
  const bytes = readFileSync(file);
  bytes.fill(0xff, Math.floor(bytes.length / 2 / PAGE_BYTES) * PAGE_BYTES);
  writeFileSync(file, bytes);

  const history = openForTest(file);
  assert.throws(
    () => {
      for (const { id } of history.units()) history.unitHistory(id, 9);
    },
    (error) => error instanceof PindownError && error.code === 'history-corrupt',
  );
  history.close();
  const { history: fresh, setAside: aside } = mustOpen(file);
  assert.match(aside?.reason ?? '', /found after "database disk image is malformed/);
  assert.deepEqual(fresh.units(), []);
  fresh.close();
  openForTest(file).close();
});

test('a suspicion that the check does not bear out is dropped', (context) => {
  const file = temporaryHistory(context);
  aLargeHistory(file);
  writeFileSync(`${file}.suspect`, 'a fault that came from elsewhere\n');
  const history = openForTest(file);
  assert.equal(history.units().length, 100);
  assert.equal(existsSync(`${file}.suspect`), false);
  history.close();
});

test('of several processes that meet the damage at once, one sets it aside', async (context) => {
  const file = temporaryHistory(context);
  writeFileSync(file, randomBytes(PAGE_BYTES * 3));
  const children = ['a', 'b', 'c'].map((name) =>
    startProgram(context, 'record-or-replace', file, name),
  );
  const numbers = await Promise.all(children.map(outputOf));
  assert.deepEqual(numbers.sort(), ['1', '2', '3']);
  const entries = readdirSync(dirname(file)).filter((entry) => entry.includes('.corrupt-'));
  assert.equal(entries.length, 1, entries.join());
  assert.equal(statSync(join(dirname(file), entries[0] ?? '')).size, PAGE_BYTES * 3);
  const history = openForTest(file);
  assert.equal(history.units().length, 3);
  history.close();
});
