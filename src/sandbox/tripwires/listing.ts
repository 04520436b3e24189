import { createHash } from 'node:crypto';
import { linkBlob } from './blobs.ts';

/** `100644 ID STAGE<tab>PATH`, NUL between the entries (git-ls-files(1)). */
const MODE_LENGTH = 6;
const STAGE_LENGTH = 1;
const LINK = '120000';
const SUBMODULE = '160000';
const SLASH = Buffer.from('/');

/**
 * What is staged of a project, as git lists it: sorted by the bytes of the paths. It is kept as it
 * came, outside of the heap: each attempt's start forks this process, which takes the longer the
 * more memory it has.
 */
export class Listing {
  /** Of all of it, to compare. */
  readonly hash: string;
  readonly #bytes: Buffer;
  readonly #ends: Uint32Array;
  /** From an entry's begin to its path. */
  readonly #pathAt: number;

  /** @param digits of an id: 40, or 64 where the repository has SHA-256 */
  constructor(bytes: Buffer, digits: number) {
    this.hash = createHash('sha1').update(bytes).digest('hex');
    this.#bytes = bytes;
    this.#pathAt = MODE_LENGTH + 1 + digits + 1 + STAGE_LENGTH + 1;
    const ends: number[] = [];
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, end + 1)) ends.push(end);
    this.#ends = Uint32Array.from(ends);
  }

  /** The blob that is staged for a file or a link; undefined where there is none. */
  blob(path: string): string | undefined {
    const bytes = Buffer.from(path);
    const index = this.#atOrAfter(bytes);
    if (index >= this.#ends.length || !this.#pathOf(index).equals(bytes)) return undefined;
    const begin = this.#begin(index);
    const mode = this.#bytes.toString('latin1', begin, begin + MODE_LENGTH);
    if (mode === SUBMODULE) return undefined;
    const idEnd = begin + this.#pathAt - STAGE_LENGTH - 2;
    const id = this.#bytes.toString('latin1', begin + MODE_LENGTH + 1, idEnd);
    return mode === LINK ? linkBlob(id) : id;
  }

  /** The files below a directory. */
  *below(directory: string): Generator<string> {
    const prefix = Buffer.from(`${directory}/`);
    for (let index = this.#atOrAfter(prefix); index < this.#ends.length; index += 1) {
      const path = this.#pathOf(index);
      if (!path.subarray(0, prefix.length).equals(prefix)) return;
      yield path.toString();
    }
  }

  /** All directories with files in them or below them; the top, the empty one, is not among them. */
  directories(): ReadonlySet<string> {
    const directories = new Set<string>();
    let before: Buffer = Buffer.alloc(0);
    for (let index = 0; index < this.#ends.length; index += 1) {
      const path = this.#pathOf(index);
      const own = path.subarray(0, Math.max(0, path.lastIndexOf(SLASH)));
      if (own.equals(before)) continue;
      before = own;
      const text = own.toString();
      for (let end = text.length; end > 0; end = text.lastIndexOf('/', end - 1)) {
        const directory = text.slice(0, end);
        if (directories.has(directory)) break;
        directories.add(directory);
      }
    }
    return directories;
  }

  #begin(index: number): number {
    return index === 0 ? 0 : this.#ends[index - 1]! + 1;
  }

  #pathOf(index: number): Buffer {
    return this.#bytes.subarray(this.#begin(index) + this.#pathAt, this.#ends[index]);
  }

  /** The first entry whose path does not come before that one. */
  #atOrAfter(path: Buffer): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#pathOf(middle).compare(path) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
