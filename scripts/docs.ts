/** Writes the parts of `docs/` that are made from the code; `--check` only says what differs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedDocs } from '../src/cli/docs/generated-docs.ts';

const ROOT = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');

for (const [file, text] of await generatedDocs()) {
  const path = join(ROOT, file);
  if (!check) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${file} differs from the code: run npm run docs`);
    process.exitCode = 1;
  }
}
