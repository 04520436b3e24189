import { createHash } from 'node:crypto';
import { type Stats, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { runGit } from './git.ts';
import type { Repository } from './repository.ts';

/** Of a path where nothing is. */
export const GONE = 'gone';
/** Of a path where something is that git has no blob for, such as a directory. */
const NO_FILE = 'no file';

/** How often a call is made again for what comes after a file that it could not read. */
const MOST_CALLS = 50;

/** What is told of a link: git's blob of it is the path that it leads to. */
export function linkBlob(id: string): string {
  return `link ${id}`;
}

/**
 * The blob that git would make of each file as it is now, through the same filters; so a file that
 * was written again with what it held is not changed. A path that can't be read is left out.
 */
export function blobsNow(repository: Repository, paths: readonly string[]): Map<string, string> {
  const { place } = repository;
  const found = new Map<string, string>();
  let files: string[] = [];
  for (const path of paths) {
    const file = join(place.cwd, path);
    const stat = lstat(file);
    if (stat === null) found.set(path, GONE);
    else if (stat.isFile()) files.push(path);
    else found.set(path, stat.isSymbolicLink() ? blobOfLink(file, repository) : NO_FILE);
  }
  for (let calls = 0; files.length > 0 && calls < MOST_CALLS; calls += 1) {
    const input = files.map((path) => `${quoted(path)}\n`).join('');
    const { status, stdout } = runGit(place, ['hash-object', '--stdin-paths'], { input });
    const ids = stdout.toString().split('\n').slice(0, -1);
    for (const [index, id] of ids.entries()) found.set(files[index]!, id);
    // It ends at a file that it can't read, such as one that has gone since.
    const failed = files[ids.length];
    if (status === 0 || status === null || failed === undefined) break;
    if (lstat(join(place.cwd, failed)) === null) found.set(failed, GONE);
    files = files.slice(ids.length + 1);
  }
  return found;
}

function blobOfLink(path: string, { algorithm }: Repository): string {
  const target = readlinkSync(path, { encoding: 'buffer' });
  const blob = createHash(algorithm).update(`blob ${target.length}\0`).update(target);
  return linkBlob(blob.digest('hex'));
}

/** Null where nothing is, one of its parents included. */
function lstat(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

/** As git takes paths in lines: in C's quotes where they could be misread (git-config(1), quotePath). */
function quoted(path: string): string {
  if (!/["\n\r]/.test(path)) return path;
  const escaped = path.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `"${escaped}"`;
}
