import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { IMPORTS } from './import-table.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src');
const FILES = globSync('**/*.ts', { cwd: SRC });

const folderOf = (file: string): string => file.split('/')[0] ?? '';

/** The files of `src/` that a file imports, relative to `src/`. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  return specifiers.map((specifier) => relative(SRC, join(SRC, dirname(file), specifier)));
}

describe('the source', () => {
  test('has no folder that the import table does not know', () => {
    const folders = new Set(FILES.map(folderOf));
    assert.deepEqual([...folders].toSorted(), Object.keys(IMPORTS).toSorted());
  });

  for (const [folder, allowed] of Object.entries(IMPORTS)) {
    if (allowed === 'everything') continue;
    test(`${folder} imports only what it may`, () => {
      const wrong = FILES.filter((file) => folderOf(file) === folder).flatMap((file) =>
        importsOf(file)
          .filter((target) => ![folder, 'core', ...allowed].includes(folderOf(target)))
          .map((target) => `${file} imports ${target}`),
      );
      assert.deepEqual(wrong, []);
    });
  }

  test('starts a process beside a subreaper only where its reaping knows of it', () => {
    const whileATierIsOpen = ['process', 'sandbox', 'hang', 'run', 'lease', 'outcome', 'report'];
    const wrong = FILES.filter((file) => whileATierIsOpen.includes(folderOf(file))).filter(
      (file) => {
        const text = readFileSync(join(SRC, file), 'utf8');
        const starts =
          /import \{[^}]*\b(?:spawn|exec|execFile|fork)\b[^}]*\} from 'node:child_process'/;
        return starts.test(text) && !text.includes('ownChildren');
      },
    );
    assert.deepEqual(wrong, []);
  });

  test('has no default exports', () => {
    const wrong = FILES.filter((file) =>
      /^export default/m.test(readFileSync(join(SRC, file), 'utf8')),
    );
    assert.deepEqual(wrong, []);
  });

  test('names its files in kebab-case', () => {
    assert.deepEqual(
      FILES.filter((file) => !/^[a-z0-9/.-]+$/.test(file)),
      [],
    );
  });

  test('prints and exits only in cli/', () => {
    const wrong = FILES.filter((file) => folderOf(file) !== 'cli').filter((file) =>
      /console\.|process\.(?:stdout|stderr|exit)\b/.test(
        readFileSync(join(SRC, file), 'utf8').replaceAll(/^\s*(?:\*|\/\/|\/\*).*$/gm, ''),
      ),
    );
    assert.deepEqual(wrong, []);
  });
});
