import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryWatch } from './watch-directories.ts';
import type { Change, Verified, Wire } from './wire.ts';

/** The attempts' own directories, as they are made and removed by their owner. */
export interface LiveWorlds {
  /** Where they are. */
  readonly root: string;
  /** Whether one of that name belongs to an attempt that is not over. */
  isLive(name: string): boolean;
}

/** A program that removes files, by its name. */
const REMOVES = /^(?:\S*\/)?(?:rm|rmdir|find|rimraf|tmpreaper|tmpwatch) /;

/** The temporary directories of the attempts: one that is gone before its attempt is. */
export class WorldsWire implements Wire {
  readonly #worlds: LiveWorlds;
  readonly #inodes = new Map<string, number>();
  readonly #watch: DirectoryWatch;
  #onChange: (change: Change) => void = () => {};

  constructor(worlds: LiveWorlds) {
    this.#worlds = worlds;
    this.#watch = new DirectoryWatch((_root, name) => this.#onName(name));
  }

  arm(onChange: (change: Change) => void): void {
    this.#onChange = onChange;
    this.#watch.add(new Set([this.#worlds.root]));
  }

  get faults(): readonly string[] {
    const { fault } = this.#watch;
    return fault === null ? [] : [`whether a TMPDIR is removed is not noticed: ${fault}`];
  }

  look(): readonly Change[] {
    return [];
  }

  verify(changes: readonly Change[]): ReadonlyMap<Change, Verified> {
    return new Map(changes.map((change) => [change, { change: 'removed', undone: false }]));
  }

  isKnownFor(_change: Change, command: string): boolean {
    return REMOVES.test(command);
  }

  disarm(): void {
    this.#watch.close();
  }

  #onName(name: string | null): void {
    if (name === null) return;
    const dir = join(this.#worlds.root, name);
    if (!this.#worlds.isLive(name)) {
      this.#inodes.delete(name);
      return;
    }
    const inode = statSync(dir, { throwIfNoEntry: false })?.ino;
    const first = this.#inodes.get(name);
    if (first === undefined && inode !== undefined) this.#inodes.set(name, inode);
    else if (inode === undefined || first !== inode)
      this.#onChange({ kind: 'file', what: dir, files: [] });
  }
}
