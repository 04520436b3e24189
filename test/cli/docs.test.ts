import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { generatedDocs } from '../../src/cli/docs/generated-docs.ts';
import { EXIT_TABLE } from '../../src/core/exit-status.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('the documentation', () => {
  test('that is made from the code is up to date (npm run docs)', async () => {
    for (const [file, text] of await generatedDocs()) {
      assert.equal(readFileSync(join(ROOT, file), 'utf8'), text, file);
    }
  });

  test('has the same exit statuses in the README', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8').replaceAll('`', '');
    for (const [status, meaning] of EXIT_TABLE) {
      assert.ok(readme.includes(`| ${status.replace('/', ', ')} | ${meaning} |`), status);
    }
  });

  test('links only to files that are there', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    for (const match of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      const target = match[1] ?? '';
      assert.ok(existsSync(join(ROOT, target)), target);
    }
  });
});
