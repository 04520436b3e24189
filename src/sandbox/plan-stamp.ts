import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import type { Since } from '../core/fault.ts';
import { Head, stamp } from './tripwires/head.ts';

/**
 * What a plan's files and what is checked out were when they were planned, to tell later whether
 * they are still the same ones: a file by its inode, the checkout by `HEAD` and its reflog. Nothing
 * is read of the files themselves, and git is not asked.
 */
export class PlanStamp {
  readonly #inodes = new Map<string, string>();
  readonly #gitDir: string | null;
  readonly #head: Head | null;
  readonly #firstHead: string;
  readonly #firstLog: string;

  private constructor(root: string, files: Iterable<string>) {
    for (const file of files) this.#inodes.set(file, inodeOf(file));
    this.#gitDir = gitDirectory(root);
    this.#head = this.#gitDir === null ? null : new Head(this.#gitDir);
    this.#firstHead = this.#head?.now() ?? '';
    this.#firstLog = this.#logNow();
  }

  /**
   * @param root of the project
   * @param files of the units, absolute
   */
  static take(root: string, files: Iterable<string>): PlanStamp {
    return new PlanStamp(root, files);
  }

  /**
   * Whether the file is the one that was planned. One that is not there now is not another one:
   * whether it is there is a question of its own.
   */
  since(file: string): Since {
    const then = this.#inodes.get(file);
    if (then === undefined || then === '') return { kind: 'unknown' };
    const head = this.#head?.now() ?? '';
    if (head !== this.#firstHead) {
      return { kind: 'changed', what: `HEAD moved from ${this.#firstHead} to ${head}` };
    }
    if (this.#logNow() !== this.#firstLog) {
      return { kind: 'changed', what: "HEAD's reflog was written" };
    }
    const now = inodeOf(file);
    if (now === '' || now === then) return { kind: 'same' };
    return { kind: 'changed', what: `${file} is another file than the one planned` };
  }

  #logNow(): string {
    return this.#gitDir === null ? '' : stamp(join(this.#gitDir, 'logs', 'HEAD'));
  }
}

function inodeOf(file: string): string {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (isSystemError(error)) return '';
    throw error;
  }
}

/** Of a worktree or a submodule, `.git` is a file that says where it is (gitrepository-layout(5)). */
function gitDirectory(from: string): string | null {
  for (let dir = from; ; dir = dirname(dir)) {
    const git = join(dir, '.git');
    if (existsSync(join(git, 'HEAD'))) return git;
    const told = existsSync(git) ? toldIn(git) : null;
    if (told !== null) return resolve(dir, told);
    if (dirname(dir) === dir) return null;
  }
}

function toldIn(file: string): string | null {
  try {
    return /^gitdir: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? null;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
