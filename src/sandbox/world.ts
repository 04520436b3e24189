import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describeFault, isSystemError } from '../core/errors.ts';
import type { PortRange, PortRanges } from './port-ranges.ts';
import { removeTree } from './remove-tree.ts';

/** Which attempts' directories are kept after them. */
export type Keep = 'failed' | 'all' | 'none';

export interface WorldOptions {
  /** Whether attempts get a `TMPDIR` of their own. */
  readonly temp: boolean;
  /** Whether they get a `HOME` and XDG directories of their own. */
  readonly home: boolean;
  readonly keep: Keep;
}

/** One attempt's private world. */
export interface World {
  /** Where its temporary files and its home are; null where it shares the user's. */
  readonly dir: string | null;
  readonly env: Readonly<Record<string, string>>;
}

/** The link, to the run's id, by which a directory is proven to be a run's: it is there whole or not at all. */
const MARKER = 'pindown-run';

/**
 * The private worlds of a run's attempts. Their temporary directories lie outside of the project
 * (where tools would find its package.json above them) and under a path that is short, since the
 * path of a UNIX socket may have 107 bytes (unix(7)).
 */
export class Worlds {
  readonly #runId: string;
  readonly #options: WorldOptions;
  readonly #ports: PortRanges | null;
  /** Where they are made; null where attempts share the user's own. */
  readonly root: string | null;
  #count = 0;
  readonly #live = new Set<string>();

  private constructor(
    runId: string,
    root: string | null,
    options: WorldOptions,
    ports: PortRanges | null,
  ) {
    this.#runId = runId;
    this.root = root;
    this.#options = options;
    this.#ports = ports;
  }

  /** @param root where they are to be, of {@link worldsRoot} */
  static open(
    runId: string,
    options: WorldOptions,
    ports: PortRanges | null,
    root: string | null = worldsRoot(options),
  ): Worlds {
    if (root === null) return new Worlds(runId, null, options, ports);
    mkdirSync(root, { mode: 0o700 });
    symlinkSync(runId, join(root, MARKER));
    return new Worlds(runId, root, options, ports);
  }

  /**
   * Makes an attempt's world: directories that were never there before.
   *
   * @param stateDir the attempt's own directory in the run's, new as well, and kept with the run
   */
  make(stateDir: string, slot: number): World {
    const env: Record<string, string> = {
      PINDOWN_STATE_DIR: stateDir,
      ...portVariables(this.#ports?.of(slot) ?? null),
    };
    if (this.root === null) return { dir: null, env };
    this.#count += 1;
    const name = this.#count.toString(36);
    this.#live.add(name);
    const dir = join(this.root, name);
    mkdirSync(dir);
    if (this.#options.temp) Object.assign(env, tempVariables(dir, this.#options.home));
    if (this.#options.home) Object.assign(env, homeVariables(dir));
    return { dir, env };
  }

  /** Where the files of a world are that will be kept; null where none are. */
  kept(world: World, green: boolean): string | null {
    return world.dir !== null && this.#keeps(green) && !isEmpty(world.dir) ? world.dir : null;
  }

  /**
   * Removes the world of an attempt that is over, unless it holds files that are to be kept.
   *
   * @param green whether the attempt passed
   * @returns what could not be removed, and why
   */
  leave(world: World, green: boolean): string | null {
    if (world.dir !== null) this.#live.delete(basename(world.dir));
    return world.dir === null || this.kept(world, green) !== null ? null : removeTree(world.dir);
  }

  /** Whether that is the directory of an attempt that is not over. */
  isLive(name: string): boolean {
    return this.#live.has(name);
  }

  #keeps(green: boolean): boolean {
    const { keep } = this.#options;
    return keep === 'all' || (keep === 'failed' && !green);
  }

  /** @returns what could not be removed, and why */
  close(): string | null {
    this.#ports?.close();
    return this.root === null ? null : removeIfEmpty(this.root, this.#runId);
  }
}

/**
 * A new place for a run's worlds, which nobody else can come to have, too; null where there are to
 * be none. To be written down before it is made: whoever finds it there later knows whose it is.
 */
export function worldsRoot({ temp, home }: WorldOptions): string | null {
  return temp || home ? join(tmpdir(), `pd-${randomBytes(6).toString('base64url')}`) : null;
}

/**
 * Removes the worlds of a run that is itself removed.
 *
 * @returns what could not be removed, and why; it is left where it is not provably the run's
 */
export function removeWorlds(root: string, runId: string): string | null {
  return clearWorlds(root, runId, () => true);
}

/**
 * Removes those worlds of a run that died in which there is no file, and with the last one all.
 *
 * @returns as {@link removeWorlds}
 */
export function removeEmptyWorlds(root: string, runId: string): string | null {
  return clearWorlds(root, runId, isEmpty);
}

/** The marker goes last, so that what is left is still proven to be the run's. */
function clearWorlds(root: string, runId: string, isToGo: (dir: string) => boolean): string | null {
  if (!isOfRun(root, runId)) return removeUnmarked(root);
  const worlds = readdirSync(root).filter((name) => name !== MARKER);
  for (const dir of worlds.map((name) => join(root, name)).filter(isToGo)) {
    const fault = removeTree(dir);
    if (fault !== null) return fault;
  }
  return removeIfEmpty(root, runId);
}

/**
 * By its name it is the run's, but it has no marker: its Pindown died right after it had made it,
 * or before it had removed it. Where it holds anything, somebody else has made something of it.
 */
function removeUnmarked(root: string): string | null {
  try {
    rmdirSync(root);
    return null;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (['ENOENT', 'ENOTEMPTY', 'ENOTDIR', 'EEXIST'].includes(error.code)) return null;
    return `${root} could not be removed: ${describeFault(error)}`;
  }
}

/** Whether no file is below it. */
function isEmpty(dir: string): boolean {
  try {
    return readdirSync(dir, { recursive: true, withFileTypes: true }).every((entry) =>
      entry.isDirectory(),
    );
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return true;
    if (isSystemError(error)) return false;
    throw error;
  }
}

function removeIfEmpty(root: string, runId: string): string | null {
  if (!isOfRun(root, runId)) {
    return existsSync(root)
      ? `${root} is left: somebody removed the file by which it is proven to be the run's`
      : null;
  }
  // Something is kept: the marker stays, so that it can be removed with the run.
  if (readdirSync(root).length > 1) return null;
  try {
    unlinkSync(join(root, MARKER));
    rmdirSync(root);
    return null;
  } catch (error) {
    return `${root} could not be removed: ${describeFault(error)}`;
  }
}

function isOfRun(root: string, runId: string): boolean {
  try {
    return readlinkSync(join(root, MARKER)) === runId;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function tempVariables(dir: string, beside: boolean): Record<string, string> {
  const temp = beside ? join(dir, 't') : dir;
  if (beside) mkdirSync(temp);
  return { TMPDIR: temp, TMP: temp, TEMP: temp, PINDOWN_OUTER_TMPDIR: tmpdir() };
}

function homeVariables(dir: string): Record<string, string> {
  const home = join(dir, 'h');
  mkdirSync(home);
  return {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
  };
}

function portVariables(range: PortRange | null): Record<string, string> {
  return range === null
    ? {}
    : { PINDOWN_PORT_BASE: String(range.first), PINDOWN_PORT_COUNT: String(range.count) };
}
