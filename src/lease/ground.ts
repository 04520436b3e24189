import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describeFault, isSystemError } from '../core/errors.ts';
import type { SystemCalls } from '../process/native/system-calls.ts';
import { ownIdentity, standingOf } from './identity.ts';
import type { Answer, Operation, Steps, ValueOf } from './operation.ts';
import { hasOrphans } from './orphans.ts';

/** What stands in the file of a slot that somebody holds or has held. */
export const MARK = 'slot\n';

/** A pipe or a device that lies in a file's place must not stop us; open(2). */
const OPEN = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A key's directory on the real file system: does what the protocol yields. */
export class Ground {
  /** Absolute, without links. */
  readonly directory: string;
  readonly #calls: SystemCalls | null;

  /** @param calls null where nothing asks for locks */
  constructor(directory: string, calls: SystemCalls | null) {
    this.directory = directory;
    this.#calls = calls;
  }

  /** Takes steps to their end, all within this turn of the event loop. */
  run<T>(steps: Steps<T>): T {
    let next = steps.next();
    while (next.done !== true) next = steps.next(this.#answer(next.value));
    return next.value;
  }

  #answer(operation: Operation): Answer {
    try {
      return { ok: true, value: this.#perform(operation) };
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return { ok: false, code: error.code, because: describeFault(error) };
    }
  }

  #perform(operation: Operation): ValueOf<Operation> {
    switch (operation.op) {
      case 'names':
        return readdirSync(this.#at(operation.path));
      case 'read':
        return textAt(this.#at(operation.path));
      case 'write':
        return this.#write(operation.path, operation.text, operation.durable === true);
      case 'inscribe':
        symlinkSync(operation.text, this.#at(operation.path));
        return null;
      case 'rename':
        renameSync(this.#at(operation.from), this.#at(operation.to));
        if (operation.durable === true) this.#syncDirectory();
        return null;
      case 'unlink':
        unlinkSync(this.#at(operation.path));
        return null;
      case 'make-directory':
        mkdirSync(this.#at(operation.path));
        return null;
      case 'remove-directory':
        rmdirSync(this.#at(operation.path));
        return null;
      case 'touch':
        utimesSync(this.#at(operation.path), new Date(), new Date());
        return null;
      case 'judge':
        return standingOf(operation.identity, ownIdentity());
      case 'wall-clock':
        return Date.now();
      case 'open':
        return openSync(
          this.#at(operation.path),
          operation.create ? OPEN | constants.O_CREAT : OPEN,
        );
      case 'close':
        closeSync(operation.fd);
        return null;
      case 'lock':
        return this.#locks.openFileLock(operation.fd, 'exclusive');
      case 'unlock':
        this.#locks.openFileUnlock(operation.fd);
        return null;
      case 'is-locked':
        return this.#locks.isFileLocked(operation.fd);
      case 'stat':
        return this.#stat(operation.fd, operation.path);
      case 'mark':
        writeSync(operation.fd, MARK, 0);
        return null;
      case 'has-orphans':
        return hasOrphans(this.#at(operation.path));
      case 'rest':
        return null;
    }
  }

  #at(path: string): string {
    return path === '' ? this.directory : `${this.directory}/${path}`;
  }

  get #locks(): SystemCalls {
    if (this.#calls === null) throw new Error('Expected no locks where there is no way to them');
    return this.#calls;
  }

  /** What could not be written whole is taken away: nobody else knows its name yet. */
  #write(path: string, text: string, durable: boolean): null {
    const file = this.#at(path);
    const fd = openSync(file, 'w');
    try {
      writeFileSync(fd, text);
      if (durable) fsyncSync(fd);
    } catch (error) {
      unlinkSync(file);
      throw error;
    } finally {
      closeSync(fd);
    }
    return null;
  }

  /** A new name is on the disk only when its directory is; fsync(2). */
  #syncDirectory(): void {
    const fd = openSync(this.directory, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  #stat(fd: number, path: string): ValueOf<Extract<Operation, { op: 'stat' }>> {
    const opened = fstatSync(fd);
    const named = statSync(join(this.directory, path), { throwIfNoEntry: false });
    return {
      same: named?.ino === opened.ino && named.dev === opened.dev,
      empty: opened.size === 0,
    };
  }
}

/** What was inscribed is the target of a symbolic link, which is made whole by one call. */
function textAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    // No link but a file, which readlink(2) has this for.
    if (!isSystemError(error) || error.code !== 'EINVAL') throw error;
    return readFileSync(path, 'utf8');
  }
}
