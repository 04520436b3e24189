import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { suggest } from '../core/did-you-mean.ts';
import { usageError } from '../core/errors.ts';
import { compileGlob, isGlob } from '../core/glob.ts';
import type { Unit } from '../core/unit.ts';

/** Where people stand when they name units; absolute and real. */
export interface SelectFrom {
  readonly projectRoot: string;
  readonly cwd: string;
}

const SUITE = 'suite:';

/**
 * The units that people asked for, in the order they are listed in, each once; all of them where
 * nothing was asked for. A selector is, the first that matches anything:
 *
 * - a unit's id, as reports print it
 * - `suite:NAME`
 * - a path (`./x` and absolute ones too), from the working directory, else from the project's
 *   root: a file, or a directory with all that is below it
 * - a glob over paths, from the same two places
 * - a unit's path that is no file, such as the import path of a Go package
 *
 * Names before globs: a file may be called `[id].test.ts`.
 *
 * @throws PindownError (exit status 2) where a selector matches nothing, with the nearest names
 */
export function selectUnits(
  units: readonly Unit[],
  selectors: readonly string[],
  from: SelectFrom,
): Unit[] {
  if (selectors.length === 0) return [...units];
  const index = new UnitIndex(units, from.projectRoot);
  const selected = new Set<Unit>();
  for (const selector of selectors) {
    const found = firstMeaning(selector, index, from);
    if (found.length === 0) throw nothingMatches(selector, units);
    for (const unit of found) selected.add(unit);
  }
  return units.filter((unit) => selected.has(unit));
}

function firstMeaning(selector: string, index: UnitIndex, from: SelectFrom): readonly Unit[] {
  for (const found of meanings(selector, index, from)) if (found.length > 0) return found;
  return [];
}

/** What the selector can mean, the likeliest first; looked up only when those before were empty. */
function* meanings(
  selector: string,
  index: UnitIndex,
  from: SelectFrom,
): Generator<readonly Unit[]> {
  if (selector === '') return;
  yield index.withId(selector);
  if (selector.startsWith(SUITE)) yield index.inSuite(selector.slice(SUITE.length));
  const places = [fromRoot(selector, from.cwd, from), fromRoot(selector, from.projectRoot, from)];
  const inside = [...new Set(places)].filter((place) => place !== null);
  for (const place of inside) yield index.at(place);
  for (const place of inside) yield index.below(place);
  if (!isGlob(selector)) return;
  for (const place of inside) yield index.matching(compileGlob(place));
}

/** Exact names are looked up, so that ten thousand of them (a shell's glob) stay cheap. */
class UnitIndex {
  readonly #units: readonly Unit[];
  readonly #paths: ReadonlyMap<Unit, readonly string[]>;
  readonly #byId: ReadonlyMap<string, readonly Unit[]>;
  readonly #byPath: ReadonlyMap<string, readonly Unit[]>;

  constructor(units: readonly Unit[], projectRoot: string) {
    this.#units = units;
    this.#paths = new Map(units.map((unit) => [unit, pathsOf(unit, projectRoot)]));
    this.#byId = Map.groupBy(units, (unit) => unit.id);
    const byPath = new Map<string, Unit[]>();
    for (const [unit, paths] of this.#paths) {
      for (const path of paths) byPath.set(path, [...(byPath.get(path) ?? []), unit]);
    }
    this.#byPath = byPath;
  }

  withId(id: string): readonly Unit[] {
    return this.#byId.get(id) ?? [];
  }

  inSuite(name: string): readonly Unit[] {
    return this.#units.filter((unit) => unit.suite === name);
  }

  at(path: string): readonly Unit[] {
    return this.#byPath.get(path) ?? [];
  }

  below(directory: string): readonly Unit[] {
    if (directory === '.') return this.#units;
    return this.matching((path) => path.startsWith(`${directory}/`));
  }

  matching(test: (path: string) => boolean): readonly Unit[] {
    return this.#units.filter((unit) => this.#paths.get(unit)!.some(test));
  }
}

/**
 * The selector as a path relative to the project's root, forward slashes, no `./`; null where it
 * leads out of the project.
 *
 * @param base the directory that it counts from where it is relative; absolute
 */
function fromRoot(selector: string, base: string, from: SelectFrom): string | null {
  return inProject(isAbsolute(selector) ? selector : join(base, selector), from.projectRoot);
}

function inProject(absolute: string, projectRoot: string): string | null {
  const path = relative(projectRoot, absolute).split(sep).join(posix.sep);
  if (path === '..' || path.startsWith('../') || isAbsolute(path)) return null;
  return path === '' ? '.' : path;
}

/** What a unit is selected by: its path, and its file where that is another. */
function pathsOf(unit: Unit, projectRoot: string): readonly string[] {
  if (unit.file === null) return [unit.path];
  const file = isAbsolute(unit.file) ? inProject(unit.file, projectRoot) : unit.file;
  return file === null || file === unit.path ? [unit.path] : [unit.path, file];
}

function nothingMatches(selector: string, units: readonly Unit[]): Error {
  const said = JSON.stringify(selector);
  if (units.length === 0) {
    return usageError('no-match', `No unit matches ${said}: the suite has no units at all.`);
  }
  const near = selector.startsWith(SUITE)
    ? suggest(selector, new Set(units.map((unit) => SUITE + unit.suite)))
    : suggest(
        selector.replace(/^\.\//, ''),
        units.map((unit) => unit.path),
      );
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : 'Name a file, a directory, a glob in quotes, or suite:NAME; `pindown list` prints the units.';
  return usageError('no-match', `None of the ${units.length} units matches ${said}.`, hint);
}
