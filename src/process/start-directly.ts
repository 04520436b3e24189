import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Ending } from '../core/ending.ts';
import { isSystemError } from '../core/errors.ts';
import { EndsOfChildren } from './ends-of-children.ts';
import { loadSystemCalls } from './native/load-system-calls.ts';
import type { PosixSpawn, SpawnRequest } from './native/posix-spawn.ts';

interface Direct {
  readonly spawn: PosixSpawn;
  readonly ends: EndsOfChildren;
}

export interface Started {
  readonly pid: number;
  /** Settles when the kernel says that it ended. */
  readonly ended: Promise<Ending>;
}

/** What execvp(3) searches where the environment has no `PATH`; confstr(_CS_PATH). */
const DEFAULT_PATH = '/bin:/usr/bin';
/** Errors of one directory of `PATH`, after which the next one is tried; execvp(3). */
const TRY_NEXT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES']);

let found: Direct | null | undefined;

/**
 * Starts a process in a session of its own without a copy of this one, where this machine has a way
 * to it; it finds its program, and runs one that has no `#!` by a shell, as execvp(3) does.
 *
 * @returns null where there is no such way
 * @throws SystemCallError of `spawn` for what refused it
 */
export function startDirectly(
  command: string,
  args: readonly string[],
  rest: Pick<SpawnRequest, 'cwd' | 'env' | 'descriptors'>,
): Started | null {
  if (found === undefined) found = findDirect();
  if (found === null || !isSayable(command, args, rest)) return null;
  const { spawn, ends } = found;
  const pid = startAny(spawn, filesOf(command, rest), { ...rest, argv: [command, ...args] });
  return { pid, ended: ends.of(pid) };
}

function findDirect(): Direct | null {
  const calls = loadSystemCalls();
  const spawn = calls.via === null ? null : calls.posixSpawn();
  if (calls.via === null || spawn === null) return null;
  return { spawn, ends: new EndsOfChildren(calls) };
}

/**
 * Whether C has a word for it: no NUL anywhere, which Node has an error for, and no descriptor that
 * would be overwritten before it is copied.
 */
function isSayable(
  command: string,
  args: readonly string[],
  { cwd, env, descriptors }: Pick<SpawnRequest, 'cwd' | 'env' | 'descriptors'>,
): boolean {
  const texts = [command, ...args, cwd, ...Object.entries(env).flat()];
  const isOverwritten = descriptors.some((fd, index) => fd <= index);
  return command !== '' && !isOverwritten && !texts.some((text) => text.includes('\0'));
}

/** Where the program may be, in the order in which it is looked for. */
function* filesOf(
  command: string,
  { cwd, env }: Pick<SpawnRequest, 'cwd' | 'env'>,
): Generator<string> {
  if (command.includes('/')) {
    yield command;
    return;
  }
  let [there, last] = ['', ''];
  for (const directory of (env['PATH'] ?? DEFAULT_PATH).split(delimiter)) {
    last = join(directory === '' ? '.' : directory, command);
    const path = resolve(cwd, last);
    if (isAccessible(path, constants.X_OK)) yield last;
    else if (there === '' && isAccessible(path, constants.F_OK)) there = last;
  }
  // What can't be executed is not worth a process, unless to say how it fails.
  yield there === '' ? last : there;
}

function isAccessible(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}

function startAny(
  spawn: PosixSpawn,
  files: Iterable<string>,
  request: Omit<SpawnRequest, 'file'>,
): number {
  let refusal: unknown;
  for (const file of files) {
    try {
      return startOne(spawn, { ...request, file });
    } catch (error) {
      refusal = error;
      if (!isSystemError(error) || !TRY_NEXT.has(error.code)) break;
    }
  }
  throw refusal;
}

/** A file that the kernel knows no format of is a script of the shell; execvp(3). */
function startOne(spawn: PosixSpawn, request: SpawnRequest): number {
  try {
    return spawn.start(request);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOEXEC') throw error;
    const argv = ['/bin/sh', request.file, ...request.argv.slice(1)];
    return spawn.start({ ...request, file: '/bin/sh', argv });
  }
}
