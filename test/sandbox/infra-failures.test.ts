import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { infraFailureFile, readInfraFailures } from '../../src/sandbox/infra-failures.ts';
import { withDirectory } from '../frameworks/conformance.ts';

async function declared(text: string): Promise<readonly string[]> {
  return await withDirectory((dir) => {
    const file = infraFailureFile(dir);
    writeFileSync(file, text);
    const said = readInfraFailures(file).map((each) => `${each.component}|${each.text}`);
    return Promise.resolve(said);
  });
}

describe('what an infrastructure declares', () => {
  const cases: readonly (readonly [text: string, said: readonly string[]])[] = [
    ['db: no connection\n', ['db|no connection']],
    ['db: no connection', ['db|no connection']],
    ['a: one\nb: two\n', ['a|one', 'b|two']],
    ['  db :  refused at 10:31:07 \r\n', ['db|refused at 10:31:07']],
    ['data base: no connection\n', ['data base|no connection']],
    ['', []],
    ['\n\n', []],
    ['the data base was away\n', []],
    ['db:\n', []],
    ['db:   \n', []],
    [': refused\n', []],
  ];
  for (const [written, said] of cases) {
    test(`${JSON.stringify(written)}: ${said.length}`, async () => {
      assert.deepEqual(await declared(written), said);
    });
  }

  test('is so much and no more, however much it writes', async () => {
    assert.equal((await declared('db: away\n'.repeat(100_000))).length, 20);
  });

  test('is nothing where there is no file, or something else in its place', async () => {
    await withDirectory((dir) => {
      const file = infraFailureFile(dir);
      assert.deepEqual(readInfraFailures(file), []);
      mkdirSync(file);
      assert.deepEqual(readInfraFailures(join(dir, 'infra-failures')), []);
      return Promise.resolve();
    });
  });
});
