import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isSystemError } from '../../core/errors.ts';

/** What is checked out, read off git's own files (gitrepository-layout(5)). */
export class Head {
  readonly #gitDir: string;
  /** Of a worktree: the directory of the repository that it shares. */
  readonly #common: string;
  #stamp = '';
  #text = '';

  constructor(gitDir: string) {
    this.#gitDir = gitDir;
    this.#common = resolve(gitDir, textOf(join(gitDir, 'commondir')) || '.');
  }

  /** The directories in which a change of it leaves its mark. */
  get directories(): readonly string[] {
    const ref = this.#ref(textOf(join(this.#gitDir, 'HEAD')));
    const branch = ref === null ? [] : [dirname(join(this.#common, ref))];
    return [this.#gitDir, join(this.#gitDir, 'logs'), ...branch];
  }

  /** The branch and its commit, for people; read anew only where one of the files has changed. */
  now(): string {
    const text = textOf(join(this.#gitDir, 'HEAD'));
    const ref = this.#ref(text);
    if (ref === null) return text.slice(0, SHOWN);
    const files = [join(this.#common, ref), join(this.#common, 'packed-refs')];
    const now = [text, ...files.map(stamp)].join(' ');
    if (now === this.#stamp) return this.#text;
    this.#stamp = now;
    const commit = textOf(files[0]!) || this.#packed(ref);
    this.#text = `${ref.replace(/^refs\/heads\//, '')} (${commit.slice(0, SHOWN) || 'no commit'})`;
    return this.#text;
  }

  /** Null where no branch is checked out. */
  #ref(head: string): string | null {
    return /^ref: (.+)$/.exec(head)?.[1] ?? null;
  }

  #packed(ref: string): string {
    const lines = textOf(join(this.#common, 'packed-refs')).split('\n');
    return lines.find((line) => line.endsWith(` ${ref}`)) ?? '';
  }
}

/** So many digits of a commit's id are shown. */
const SHOWN = 12;

/** By which a file that was written is known from what it was. */
export function stamp(file: string): string {
  return unlessUnreadable(() => {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  });
}

function textOf(file: string): string {
  return unlessUnreadable(() => readFileSync(file, 'utf8').trim());
}

function unlessUnreadable(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error)) return '';
    throw error;
  }
}
