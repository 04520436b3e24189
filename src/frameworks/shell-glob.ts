import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import { compileGlob } from '../core/glob.ts';
import type { ShellWord } from './shell-words.ts';
import { refuseUndecodable } from './undecodable-name.ts';

/**
 * What sh puts in the place of a word: the sorted paths that its unquoted pattern matches in the
 * directory, or the word itself where nothing matches (POSIX Shell Command Language, 2.13.3). To
 * sh `**` is `*`, and braces are themselves: `test/**\/*.js` without quotes reaches one directory
 * deep.
 *
 * @throws PindownError where it matches a name that is not UTF-8, which sh would hand on
 */
export function expandWord(word: ShellWord, dir: string): readonly string[] {
  if (!word.glob) return [word.text];
  const absolute = word.text.startsWith('/');
  const parts = word.text.split('/').filter((part) => part !== '');
  let found = [absolute ? '/' : ''];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1 && !word.text.endsWith('/');
    found = found.flatMap((base) => matches(base, part, dir, last));
  }
  if (found.length === 0) return [word.text];
  const suffix = word.text.endsWith('/') ? '/' : '';
  return found.map((path) => path + suffix).sort();
}

/** The entries of `base` that one part of a pattern matches; only directories before the last. */
function matches(base: string, part: string, dir: string, last: boolean): string[] {
  const inside = (name: string): string => (base === '' ? name : join(base, name));
  const there = (path: string): boolean => {
    const stats = statSync(join(base.startsWith('/') ? '/' : dir, path), { throwIfNoEntry: false });
    return stats !== undefined && (last || stats.isDirectory());
  };
  if (!/[*?[]/.test(part)) {
    const path = part === '.' && base === '' ? '.' : inside(part);
    return there(path) ? [path] : [];
  }
  const matcher = compileGlob(part.replaceAll(/[{},]/g, '\\$&'));
  const parent = base.startsWith('/') ? base : join(dir, base);
  const names = entries(parent).filter(
    (name) => (part.startsWith('.') || !name.startsWith('.')) && matcher(name),
  );
  for (const name of names) refuseUndecodable(join(parent, name));
  return names.map(inside).filter(there);
}

function entries(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    // As to sh: what can't be read matches nothing.
    if (isSystemError(error)) return [];
    throw error;
  }
}
