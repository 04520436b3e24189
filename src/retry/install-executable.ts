import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentError, isSystemError } from '../core/errors.ts';
import { writeByChild } from './child-writer.ts';
import { temporarySibling } from './temporary-sibling.ts';

export interface InstallOptions {
  /** The permissions it gets, whatever the umask; 0o755 by default. */
  readonly mode?: number;
  /**
   * Who writes it: a `child`, so that nothing this process starts meanwhile can hold it open for
   * writing; or this process it`self`, where nothing else is started, or starts are retried. By
   * default `child`, and on Windows, which knows no `ETXTBSY`, always `self`.
   */
  readonly via?: 'child' | 'self';
}

/** Nobody else starts it before it is whole, and its owner may write. */
const UNFINISHED = 0o700;

/**
 * Writes a program so that it can be started at once, whatever else this process starts meanwhile,
 * and comes to its path.
 *
 * A program that was written and closed can still be refused with `ETXTBSY` (execve(2)): another
 * thread forked while it was open, and its child holds a copy of the writing descriptor until its
 * own exec (https://github.com/golang/go/issues/22315). Here no descriptor of this process could
 * ever write to it, so there is none to copy: this process creates the file with a reading one,
 * and a child of its own writes it. That costs a process more, some milliseconds.
 *
 * The program appears under its name whole or not at all, with exactly this mode, and stays after a
 * power cut: it is written under a temporary name beside it, synced, renamed, and the directory is
 * synced. One that stands there is replaced, also while it runs.
 *
 * Faults of the file system go through as Node gives them; a child that fails is a `PindownError`
 * (`executable-not-written`). Neither leaves anything behind; where that fails too, the error is an
 * `AggregateError` of both.
 *
 * @param dir a directory that is there
 * @param name a file's name, without a directory
 */
export async function installExecutable(
  dir: string,
  name: string,
  body: string | Uint8Array,
  { mode = 0o755, via = 'child' }: InstallOptions = {},
): Promise<string> {
  const bytes = Buffer.from(body);
  const target = join(dir, name);
  const temporary = temporarySibling(dir, name);
  const byChild = via === 'child' && process.platform !== 'win32';
  const access = byChild ? constants.O_RDONLY : constants.O_RDWR;
  const file = await open(temporary, access | constants.O_CREAT | constants.O_EXCL, UNFINISHED);
  try {
    await closing(file, async () => {
      await (byChild ? writeByChild(temporary, bytes) : file.writeFile(bytes));
      await checkWhole(file, temporary, bytes.length);
      // Not left to open(2), from whose mode the umask is taken away.
      await file.chmod(mode);
      // Any descriptor will do: fsync(2) is about the file.
      await file.sync();
    });
    await rename(temporary, target);
  } catch (error) {
    throw await withdrawn(temporary, error);
  }
  await syncDirectory(dir);
  return target;
}

async function closing(file: FileHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await file.close();
  }
}

async function checkWhole(file: FileHandle, path: string, size: number): Promise<void> {
  const there = await file.stat();
  if (there.size === size) return;
  throw environmentError(
    'executable-not-written',
    `${path} has ${there.size} bytes, of ${size} that were written`,
    'Something else writes to it, or its file system loses what is written.',
  );
}

/** What it failed with, once nothing is left of it. */
async function withdrawn(temporary: string, error: unknown): Promise<unknown> {
  try {
    await unlink(temporary);
    return error;
  } catch (left) {
    return new AggregateError([error, left], `${temporary} could not be removed again`);
  }
}

/** A name is safe only when its directory is: fsync(2). */
async function syncDirectory(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(dir, constants.O_RDONLY | constants.O_DIRECTORY);
  await closing(handle, async () => {
    try {
      await handle.sync();
    } catch (error) {
      // The file system has nothing to sync of a directory (fsync(2)); the program is in place.
      if (!isSystemError(error) || error.code !== 'EINVAL') throw error;
    }
  });
}
