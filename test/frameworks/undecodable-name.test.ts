import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { expandWord } from '../../src/frameworks/shell-glob.ts';
import { fileUnits } from '../../src/frameworks/file-units.ts';
import type { Suite } from '../../src/frameworks/framework.ts';
import { undecodableName } from '../../src/frameworks/undecodable-name.ts';
import { withDirectory } from './conformance.ts';

/** A path in a directory whose other characters stand for one byte each. */
function raw(dir: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(name, 'latin1')]);
}

describe('a name that is not UTF-8', () => {
  test('is told from one that holds U+FFFD itself', async () => {
    await withDirectory(async (dir) => {
      const file = join(dir, 'a\uFFFD.js');
      await writeFile(file, '');
      assert.equal(undecodableName(file), null);
      await writeFile(raw(dir, 'a\xff.js'), '');
      assert.deepEqual(undecodableName(file), { dir, shown: 'a\\xff.js', isDirectory: false });
      assert.equal(undecodableName(join(dir, 'b\uFFFD.js')), null);
      assert.equal(undecodableName(join(dir, 'gone', 'a\uFFFD.js')), null);
    });
  });

  test('is found in every part of a path, and as Python writes it', async () => {
    await withDirectory(async (dir) => {
      await mkdir(raw(dir, 'd\xfe'));
      const found = { dir, shown: 'd\\xfe', isDirectory: true };
      assert.deepEqual(undecodableName(join(dir, 'd\uFFFD', 'a.py')), found);
      assert.deepEqual(undecodableName(join(dir, 'd\uDCFE', 'a.py')), found);
    });
  });

  test('makes no unit, and does not fall out of a word', async () => {
    await withDirectory(async (dir) => {
      await writeFile(raw(dir, 'a\xff.js'), '');
      await writeFile(join(dir, 'b.js'), '');
      const suite: Suite = {
        name: 'unit',
        framework: 'mocha',
        projectRoot: dir,
        dir,
        args: [],
        env: {},
        version: null,
        data: {},
      };
      const refused = { name: 'PindownError', code: 'undecodable-name', exitCode: 2 };
      assert.throws(() => fileUnits(suite, [{ file: join(dir, 'a\uFFFD.js'), data: {} }]), refused);
      assert.throws(() => expandWord({ text: '*.js', glob: true }, dir), refused);
      assert.deepEqual(expandWord({ text: 'b*.js', glob: true }, dir), ['b.js']);
    });
  });
});
