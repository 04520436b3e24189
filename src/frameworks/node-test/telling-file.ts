import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { headOf } from '../../core/file-ends.ts';

/** How deep and how far a sign is looked for: detection must stay cheap in any directory. */
const DEPTH = 3;
const MOST_FILES = 100;
const HEAD_BYTES = 4096;

const TEST_FILE = /(?:^test(?:-.+)?|.[._-]test)\.[cm]?[jt]s$/;
const SCRIPT = /\.[cm]?[jt]s$/;
const IMPORT = /(?:from|require\(|import)\s*['"]node:test['"]/;

/** A file with a test file's name that imports node:test, relative to the directory, or null. */
export async function findTellingFile(dir: string): Promise<string | null> {
  let read = 0;
  let level = [{ path: '', underTest: false }];
  for (let depth = 0; depth <= DEPTH && level.length > 0; depth++) {
    const below: typeof level = [];
    for (const { path, underTest } of level) {
      for (const entry of await entriesOf(join(dir, path))) {
        const inside = path === '' ? entry.name : `${path}/${entry.name}`;
        if (entry.isDirectory()) {
          if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
          below.push({ path: inside, underTest: underTest || entry.name === 'test' });
        } else if ((underTest ? SCRIPT : TEST_FILE).test(entry.name)) {
          if (++read > MOST_FILES) return null;
          if (IMPORT.test(headText(join(dir, inside)))) return inside;
        }
      }
    }
    level = below;
  }
  return null;
}

async function entriesOf(dir: string): ReturnType<typeof readSorted> {
  try {
    return await readSorted(dir);
  } catch (error) {
    // A sign that can't be looked at is none; listing says what is wrong.
    if (isSystemError(error)) return [];
    throw error;
  }
}

async function readSorted(dir: string) {
  const entries = await readdir(dir, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function headText(file: string): string {
  try {
    return headOf(file, HEAD_BYTES).toString();
  } catch (error) {
    if (isSystemError(error)) return '';
    throw error;
  }
}
