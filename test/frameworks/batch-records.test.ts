import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Unit } from '../../src/core/unit.ts';
import { collectBatch } from '../../src/frameworks/batch-records.ts';
import type { Collected, Job } from '../../src/frameworks/framework.ts';
import { withDirectory } from './conformance.ts';

const ROOT = '/root';
const [A, B] = ['a.test.js', 'b.test.js'].map(unit) as [Unit, Unit];

function unit(path: string): Unit {
  const file = join(ROOT, path);
  return { id: `s:${path}`, suite: 's', framework: 'vitest', kind: 'file', path, file, data: {} };
}

/** What is made of these records in a process that ended with the status. */
async function collect(
  lines: readonly (object | string)[],
  failedStatus = false,
): Promise<{ readonly a: Collected; readonly b: Collected }> {
  return await withDirectory(async (dir) => {
    const job: Job = {
      token: 'ours',
      suite: {
        name: 's',
        framework: 'vitest',
        projectRoot: ROOT,
        dir: ROOT,
        args: [],
        env: {},
        version: null,
        data: {},
      },
      units: [A, B],
      resultsFile: join(dir, 'results.ndjson'),
      dir,
      width: 2,
    };
    for (const line of lines) {
      const text = typeof line === 'string' ? line : JSON.stringify({ a: 'ours', ...line });
      await appendFile(job.resultsFile, `${text}\n`);
    }
    const collected = await collectBatch(job, (failed) => failed === failedStatus);
    assert.deepEqual([...collected.keys()], [A.id, B.id]);
    return { a: collected.get(A.id)!, b: collected.get(B.id)! };
  });
}

const begin = { type: 'unit-begin', unit: A.file };
const end = { type: 'unit-end', unit: A.file };
const result = { type: 'test', unit: A.file, name: ['t'], outcome: 'passed' };

describe('the records of a batch', () => {
  test('go to the unit whose file they name', async () => {
    const { a, b } = await collect([{ type: 'begin' }, begin, { ...result, file: A.file }, end]);
    assert.deepEqual([a.begun, a.ended, a.exitAgrees], [true, true, true]);
    assert.deepEqual(
      a.tests.map(({ name }) => name),
      ['t'],
    );
    assert.equal(a.tests[0]?.location?.file, A.path);
    assert.deepEqual([b.begun, b.ended, b.tests], [false, false, []]);
  });

  test('of one that died leave it begun and not ended', async () => {
    const died = { type: 'unit-died', unit: A.file };
    const { a } = await collect([begin, { type: 'error', unit: A.file, message: 'gone' }, died]);
    assert.deepEqual([a.begun, a.ended, a.errors, a.refused], [true, false, ['gone'], []]);
  });

  test('where there are none, nothing began', async () => {
    const { a, b } = await collect([]);
    assert.deepEqual([a.begun, b.begun], [false, false]);
  });

  test('that name no unit are errors of every unit', async () => {
    const { a, b } = await collect([{ type: 'error', message: 'whose?' }], true);
    assert.deepEqual([a.errors, b.errors], [['whose?'], ['whose?']]);
  });

  test('of strangers are refused, and the first unit keeps them', async () => {
    const foreign = { ...result, unit: join(ROOT, 'c.test.js') };
    const { a, b } = await collect([
      foreign,
      { ...begin, a: 'theirs' },
      'noise',
      { ...result, unit: null },
    ]);
    assert.equal(a.refused.length, 4);
    assert.deepEqual([b.refused, a.tests, a.begun], [[], [], false]);
  });

  test('make the exit status agree for all units or for none', async () => {
    const failed = { ...result, outcome: 'failed' };
    for (const [lines, status] of [
      [[begin, result, end], false],
      [[begin, failed, end], true],
      [[begin, { type: 'error', unit: A.file, message: 'load' }, end], true],
      [[begin, result], true],
    ] as const) {
      const right = await collect(lines, status);
      assert.deepEqual([right.a.exitAgrees, right.b.exitAgrees], [true, true]);
      const wrong = await collect(lines, !status);
      assert.deepEqual([wrong.a.exitAgrees, wrong.b.exitAgrees], [false, false]);
    }
  });
});
