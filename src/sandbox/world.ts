import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
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

/** The file by which a directory is proven to be a run's. */
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

  static open(runId: string, options: WorldOptions, ports: PortRanges | null): Worlds {
    if (!options.temp && !options.home) return new Worlds(runId, null, options, ports);
    const root = mkdtempSync(join(tmpdir(), 'pd-'));
    writeFileSync(join(root, MARKER), runId, { flag: 'wx' });
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
 * Removes the worlds of a run that is itself removed.
 *
 * @returns what could not be removed, and why; it is left where it is not provably the run's
 */
export function removeWorlds(root: string, runId: string): string | null {
  return isOfRun(root, runId) ? removeTree(root) : null;
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
  try {
    unlinkSync(join(root, MARKER));
    rmdirSync(root);
    return null;
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOTEMPTY') {
      return `${root} could not be removed: ${describeFault(error)}`;
    }
    // Something was kept: the marker stays, so that it can be removed with the run.
    writeFileSync(join(root, MARKER), runId);
    return null;
  }
}

function isOfRun(root: string, runId: string): boolean {
  try {
    return readFileSync(join(root, MARKER), 'utf8') === runId;
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
