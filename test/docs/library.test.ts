import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const EXAMPLES = join(import.meta.dirname, 'library');
const FILES = globSync('*.ts', { cwd: EXAMPLES }).sort();
const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'library.md');

describe('docs/library.md', () => {
  test('shows the examples that are compiled and run here, and no other ones', () => {
    const page = readFileSync(PAGE, 'utf8');
    const shown = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
    const files = FILES.map((file) => readFileSync(join(EXAMPLES, file), 'utf8'));
    assert.deepEqual(new Set(shown), new Set(files));
  });

  for (const file of FILES) {
    test(`${file} does what it says`, async (t) => {
      // A failed console.assert only prints.
      t.mock.method(console, 'assert', assert.ok);
      await import(pathToFileURL(join(EXAMPLES, file)).href);
    });
  }
});
