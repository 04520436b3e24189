import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { DirectoryWatch } from './watch-directories.ts';
import type { Change, Look, Verified, Wire } from './wire.ts';

/** Pindown's own, of this run or of another one beside it. */
const OWN = /^pd-/;

/**
 * Directories that everybody shares, such as `/tmp` and the home: what is new right in them and
 * still there at the end of the run. Others write there, too, so that who ran then is a suspect at
 * most.
 */
export class RootsWire implements Wire {
  readonly #roots: readonly string[];
  /** What was there before. */
  readonly #before = new Set<string>();
  readonly #watch: DirectoryWatch;
  #onChange: (change: Change) => void = () => {};

  constructor(roots: Iterable<string>) {
    this.#roots = [...new Set(roots)];
    this.#watch = new DirectoryWatch((root, name) => this.#onName(root, name));
  }

  arm(onChange: (change: Change) => void): void {
    this.#onChange = onChange;
    this.#watch.add(new Set(this.#roots));
    for (const path of this.#list()) this.#before.add(path);
  }

  get faults(): readonly string[] {
    const { fault } = this.#watch;
    return fault === null ? [] : [`when new files came is not known: ${fault}`];
  }

  look(at: Look): readonly Change[] {
    if (at === 'attempt') return [];
    const untold = this.#list().filter((path) => !this.#before.has(path));
    return untold.map((path) => ({ ...changeOf(path), at: null }));
  }

  verify(changes: readonly Change[], at: Look): ReadonlyMap<Change, Verified | 'later'> {
    const found = new Map<Change, Verified | 'later'>();
    for (const change of changes) {
      if (at === 'attempt') found.set(change, 'later');
      else if (isOurs(change.what)) found.set(change, { change: 'created', undone: false });
    }
    return found;
  }

  isKnownFor(): boolean {
    return false;
  }

  disarm(): void {
    this.#watch.close();
  }

  #onName(root: string, name: string | null): void {
    if (name === null || OWN.test(name)) return;
    const path = join(root, name);
    if (!this.#before.has(path)) this.#onChange(changeOf(path));
  }

  #list(): string[] {
    return this.#roots.flatMap((root) => {
      try {
        return readdirSync(root)
          .filter((name) => !OWN.test(name))
          .map((name) => join(root, name));
      } catch (error) {
        if (isSystemError(error)) return [];
        throw error;
      }
    });
  }
}

function changeOf(path: string): Change {
  return { kind: 'file', what: path, files: [path] };
}

/** Whether it is there and belongs to our user. */
function isOurs(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();
}
