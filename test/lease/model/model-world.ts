import { MARK } from '../../../src/lease/ground.ts';
import { type Identity, standingOf } from '../../../src/lease/identity.ts';
import type { Answer, Operation } from '../../../src/lease/operation.ts';

/** `reused`: dead, and its pid is somebody else's now. `foreign`: alive, in another pid namespace. */
export type Life = 'alive' | 'dead' | 'reused' | 'foreign';

/** What stands at a path: a directory, or a file by its inode. */
type Entry = { readonly inode: number; readonly text: string } | 'directory';

interface Descriptor {
  readonly inode: number;
  readonly path: string;
  readonly owner: number;
}

const BOOT = { boot: 'boot', host: 'host' };
const NAMESPACES = 'ns';

/**
 * What the protocol of leases stands on, small enough to be taken through all that may happen: one
 * key's directory, descriptors with their locks, and who lives. Its answers are those of POSIX and
 * of Linux for the same operations; a test compares them with the real file system's.
 */
export class ModelWorld {
  #entries: Map<string, Entry>;
  #descriptors: Map<number, Descriptor>;
  /** Inode to the descriptor that has it locked. */
  #locks: Map<number, number>;
  #lives: readonly Life[];
  #shared = false;
  #key: string | null = null;
  /** What the wall clock says next; it may say anything. */
  wallClock = 1000;

  constructor(contenders: number, foreign: readonly number[] = []) {
    this.#entries = new Map();
    this.#descriptors = new Map();
    this.#locks = new Map();
    this.#lives = Array.from({ length: contenders }, (_, who) =>
      foreign.includes(who) ? 'foreign' : 'alive',
    );
  }

  /** Shares everything with the original until one of them changes. */
  clone(): ModelWorld {
    const copy = new ModelWorld(0);
    copy.#entries = this.#entries;
    copy.#descriptors = this.#descriptors;
    copy.#locks = this.#locks;
    copy.#lives = this.#lives;
    copy.#key = this.#key;
    copy.#shared = true;
    this.#shared = true;
    return copy;
  }

  #changing(): void {
    this.#key = null;
    if (!this.#shared) return;
    this.#shared = false;
    this.#entries = new Map(this.#entries);
    this.#descriptors = new Map(this.#descriptors);
    this.#locks = new Map(this.#locks);
  }

  /** Equal for worlds that are equal. */
  key(): string {
    this.#key ??= this.#makeKey();
    return this.#key;
  }

  #makeKey(): string {
    const entries = [...this.#entries].map(([path, entry]) =>
      entry === 'directory' ? `${path}/` : `${path}=${entry.inode}:${entry.text}`,
    );
    const descriptors = [...this.#descriptors].map(
      ([fd, { inode, path }]) => `${fd}>${inode}@${path}`,
    );
    const locks = [...this.#locks].map(([inode, fd]) => `${inode}<${fd}`);
    return [entries.toSorted(), descriptors.toSorted(), locks.toSorted(), this.#lives].join('|');
  }

  life(who: number): Life {
    return this.#lives[who] ?? 'dead';
  }

  /** Ends a process, and with it its descriptors and their locks. */
  crash(who: number): void {
    this.#setLife(who, 'dead');
    this.#changing();
    for (const [fd, { owner }] of this.#descriptors) if (owner === who) this.#close(fd);
  }

  /** Gives the pid of a process that has ended to one that has nothing to do with all this. */
  reusePid(who: number): void {
    this.#setLife(who, 'reused');
  }

  /** Somebody removes the directory; it is made again before the next step. */
  wipe(): void {
    this.#changing();
    this.#entries.clear();
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  /** Does what a contender asks for. */
  perform(operation: Operation, who: number): Answer {
    for (const path of pathsOf(operation)) {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      const above = parent === '' ? 'directory' : this.#entries.get(parent);
      // What only asks about a path finds nothing there either way.
      const asks = operation.op === 'stat' || operation.op === 'has-orphans';
      if (above !== 'directory' && !asks) return fails(above === undefined ? 'ENOENT' : 'ENOTDIR');
    }
    switch (operation.op) {
      case 'names':
        return this.#names(operation.path);
      case 'read': {
        const entry = this.#entries.get(operation.path);
        if (entry === undefined) return fails('ENOENT');
        return entry === 'directory' ? fails('EISDIR') : is(entry.text);
      }
      case 'write': {
        const entry = this.#entries.get(operation.path);
        if (entry === 'directory') return fails('EISDIR');
        this.#changing();
        const inode = entry?.inode ?? this.#freeInode();
        this.#entries.set(operation.path, { inode, text: operation.text });
        return is(null);
      }
      case 'inscribe': {
        if (this.#entries.has(operation.path)) return fails('EEXIST');
        this.#changing();
        const inode = this.#freeInode();
        this.#entries.set(operation.path, { inode, text: operation.text });
        return is(null);
      }
      case 'rename':
        return this.#rename(operation.from, operation.to);
      case 'unlink': {
        const entry = this.#entries.get(operation.path);
        if (entry === undefined) return fails('ENOENT');
        if (entry === 'directory') return fails('EISDIR');
        this.#changing();
        this.#entries.delete(operation.path);
        return is(null);
      }
      case 'make-directory':
        if (this.#entries.has(operation.path)) return fails('EEXIST');
        this.#changing();
        this.#entries.set(operation.path, 'directory');
        return is(null);
      case 'remove-directory': {
        const entry = this.#entries.get(operation.path);
        if (entry === undefined) return fails('ENOENT');
        if (entry !== 'directory') return fails('ENOTDIR');
        if (this.#below(operation.path).length > 0) return fails('ENOTEMPTY');
        this.#changing();
        this.#entries.delete(operation.path);
        return is(null);
      }
      case 'touch':
        return this.#entries.has(operation.path) ? is(null) : fails('ENOENT');
      case 'judge':
        return is(standingOf(operation.identity, this.#identity(who), (pid) => this.#sight(pid)));
      case 'wall-clock':
        return is(this.wallClock);
      case 'open':
        return this.#open(operation.path, operation.create, who);
      case 'close':
        this.#close(operation.fd);
        return is(null);
      case 'lock':
        return this.#lock(operation.fd);
      case 'unlock':
        this.#unlock(operation.fd);
        return is(null);
      case 'is-locked': {
        const by = this.#locks.get(this.#inodeOf(operation.fd));
        return is(by !== undefined && by !== operation.fd);
      }
      case 'stat': {
        const entry = this.#entries.get(operation.path);
        const inode = this.#inodeOf(operation.fd);
        const same = entry !== undefined && entry !== 'directory' && entry.inode === inode;
        return is({ same, empty: same && entry.text === '' });
      }
      case 'mark':
        return this.#mark(operation.fd);
      case 'has-orphans':
        return is(
          [...this.#descriptors.values()].some(
            ({ path, inode }) => path === operation.path && !this.#isLinked(inode),
          ),
        );
      case 'rest':
        return is(null);
    }
  }

  /** The name that stands for what a contender makes; as {@link mintName}. */
  nonce(who: number): string {
    const { pid, startTime, boot, namespaces, host } = this.#identity(who);
    return [pid, startTime, boot, namespaces, host, `c${who}`].join('.');
  }

  #identity(who: number): Identity {
    const namespaces = this.life(who) === 'foreign' ? 'other' : NAMESPACES;
    return { pid: 100 + who, startTime: `${who}`, namespaces, ...BOOT };
  }

  #sight(pid: number): ReturnType<NonNullable<Parameters<typeof standingOf>[2]>> {
    switch (this.life(pid - 100)) {
      case 'alive':
        return { kind: 'running', startTime: `${pid - 100}` };
      case 'reused':
        return { kind: 'running', startTime: '77' };
      case 'foreign':
      case 'dead':
        return { kind: 'gone' };
    }
  }

  #setLife(who: number, life: Life): void {
    this.#key = null;
    this.#lives = this.#lives.map((each, index) => (index === who ? life : each));
  }

  /** What is private is nobody else's business, so that it does not tell states apart. */
  #names(path: string): Answer {
    if (path !== '' && this.#entries.get(path) === undefined) return fails('ENOENT');
    if (path !== '' && this.#entries.get(path) !== 'directory') return fails('ENOTDIR');
    const names = this.#below(path).map((each) => each.slice(path === '' ? 0 : path.length + 1));
    return is(names.filter((name) => !name.includes('/') && !name.startsWith('private-')).sort());
  }

  #below(path: string): string[] {
    const paths = [...this.#entries.keys()];
    return path === '' ? paths : paths.filter((each) => each.startsWith(`${path}/`));
  }

  #rename(from: string, to: string): Answer {
    const entry = this.#entries.get(from);
    const target = this.#entries.get(to);
    if (entry === undefined) return fails('ENOENT');
    if (entry !== 'directory') {
      if (target === 'directory') return fails('EISDIR');
      this.#changing();
      this.#entries.delete(from);
      this.#entries.set(to, entry);
      return is(null);
    }
    if (target !== undefined && target !== 'directory') return fails('ENOTDIR');
    if (this.#below(to).length > 0) return fails('ENOTEMPTY');
    this.#changing();
    for (const path of [from, ...this.#below(from)]) {
      const moved = this.#entries.get(path);
      this.#entries.delete(path);
      if (moved !== undefined) this.#entries.set(to + path.slice(from.length), moved);
    }
    return is(null);
  }

  #open(path: string, create: boolean, owner: number): Answer {
    let entry = this.#entries.get(path);
    if (entry === 'directory') return fails('EISDIR');
    if (entry === undefined && !create) return fails('ENOENT');
    this.#changing();
    if (entry === undefined) {
      entry = { inode: this.#freeInode(), text: '' };
      this.#entries.set(path, entry);
    }
    let fd = owner * 100;
    while (this.#descriptors.has(fd)) fd += 1;
    this.#descriptors.set(fd, { inode: entry.inode, path, owner });
    return is(fd);
  }

  #close(fd: number): void {
    this.#changing();
    this.#unlock(fd);
    this.#descriptors.delete(fd);
  }

  #lock(fd: number): Answer {
    const inode = this.#inodeOf(fd);
    const by = this.#locks.get(inode);
    if (by !== undefined && by !== fd) return is('busy');
    this.#changing();
    this.#locks.set(inode, fd);
    return is('locked');
  }

  #unlock(fd: number): void {
    const inode = this.#inodeOf(fd);
    if (this.#locks.get(inode) !== fd) return;
    this.#changing();
    this.#locks.delete(inode);
  }

  #mark(fd: number): Answer {
    const inode = this.#inodeOf(fd);
    this.#changing();
    for (const [path, entry] of this.#entries) {
      if (entry !== 'directory' && entry.inode === inode) {
        this.#entries.set(path, { inode, text: MARK });
      }
    }
    return is(null);
  }

  #inodeOf(fd: number): number {
    const descriptor = this.#descriptors.get(fd);
    if (descriptor === undefined) throw new Error(`descriptor ${fd} is not open`);
    return descriptor.inode;
  }

  #isLinked(inode: number): boolean {
    return [...this.#entries.values()].some(
      (entry) => entry !== 'directory' && entry.inode === inode,
    );
  }

  #freeInode(): number {
    const used = new Set([...this.#descriptors.values()].map(({ inode }) => inode));
    for (const entry of this.#entries.values()) if (entry !== 'directory') used.add(entry.inode);
    let inode = 1;
    while (used.has(inode)) inode += 1;
    return inode;
  }
}

function is(value: unknown): Answer {
  return { ok: true, value };
}

function fails(code: string): Answer {
  return { ok: false, code, because: code };
}

function pathsOf(operation: Operation): string[] {
  if ('from' in operation) return [operation.from, operation.to];
  return 'path' in operation ? [operation.path] : [];
}
