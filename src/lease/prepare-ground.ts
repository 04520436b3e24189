import { readlinkSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describeFault, isSystemError } from '../core/errors.ts';
import { loadSystemCalls } from '../process/native/load-system-calls.ts';
import type { SystemCalls } from '../process/native/system-calls.ts';
import { type Backend, BACKENDS } from './claims.ts';
import { Ground } from './ground.ts';
import type { LeaseFailed } from './lease.ts';
import { makeDirectories } from './make-directories.ts';
import { directoryOf } from './names.ts';

/**
 * Says by what the key is kept. Locks and files don't see each other, so that all have to use the
 * same. A symbolic link is made whole in one step, and the first one stays.
 */
const MARK = 'kept-by';

/** A key's directory, and what it is kept by. */
export interface Kept {
  readonly backend: Backend;
  readonly ground: Ground;
}

/** Makes the directory of a key where it is not there, or finds out why it can't be made. */
export function prepareGround(
  root: string,
  key: string,
  wanted: Backend | undefined,
): Kept | LeaseFailed {
  const directory = join(root, directoryOf(key));
  try {
    const preferred = wanted ?? (typeof locks() === 'string' ? 'files' : 'kernel');
    const backend = keptBy(directory) ?? stamp(directory, preferred);
    if (wanted === undefined || wanted === backend) return groundAt(directory, backend);
    return differs(`it was to be kept by ${wanted}, and is kept by ${backend} already`);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: 'failed', code: error.code, because: describeFault(error) };
  }
}

/** A key's directory that is there. Throws the system's error where it is gone. */
export function groundAt(directory: string, backend: Backend): Kept | LeaseFailed {
  const real = realpathSync.native(directory);
  if (backend === 'files') return { backend, ground: new Ground(real, null) };
  const calls = locks();
  if (typeof calls !== 'string') return { backend, ground: new Ground(real, calls) };
  return differs(`it is kept by locks of the kernel, to which there is no way here: ${calls}`);
}

/** By what the key of this directory is kept; null where there is no such key. */
export function keptBy(directory: string): Backend | null {
  try {
    const said = readlinkSync(join(directory, MARK));
    return BACKENDS.find((backend) => backend === said) ?? null;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The first who comes decides; returns what was decided. */
function stamp(directory: string, preferred: Backend): Backend {
  makeDirectories(directory);
  try {
    symlinkSync(preferred, join(directory, MARK));
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
  }
  return keptBy(directory) ?? preferred;
}

let found: SystemCalls | string | undefined;

/** The way to the kernel's locks, or why there is none. */
function locks(): SystemCalls | string {
  found ??= findLocks();
  return found;
}

function findLocks(): SystemCalls | string {
  const calls = loadSystemCalls();
  if (calls.via === null) return calls.because;
  const missing = calls.missing().find(({ call }) => call === 'F_OFD_SETLK');
  return missing === undefined ? calls : `${missing.call}: ${missing.because}`;
}

function differs(how: string): LeaseFailed {
  return {
    kind: 'failed',
    code: 'backend-differs',
    because: `all who share a lease must keep it by the same: ${how}`,
  };
}
