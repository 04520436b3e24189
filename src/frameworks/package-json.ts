import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeFault, isSystemError, usageError } from '../core/errors.ts';

/** What adapters want to know of a package.json; whatever has another type there is left out. */
export interface PackageJson {
  /** The directory it lies in, absolute. */
  readonly dir: string;
  readonly scripts: Readonly<Record<string, string>>;
  /** Names of all direct dependencies, of whatever kind. */
  readonly dependencies: ReadonlySet<string>;
  /** The whole of it. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const DEPENDENCIES = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
] as const;

/**
 * Reads the package.json in a directory; null where there is none.
 *
 * @throws PindownError where it is there but can't be read or is not JSON
 */
export async function readPackageJson(dir: string): Promise<PackageJson | null> {
  const file = join(dir, 'package.json');
  const raw = await readJson(file);
  if (raw === null) return null;
  const scripts = Object.entries(record(raw['scripts'])).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    dir,
    scripts: Object.fromEntries(scripts),
    dependencies: new Set(DEPENDENCIES.flatMap((kind) => Object.keys(record(raw[kind])))),
    raw,
  };
}

/** A package as it is installed. */
export interface InstalledPackage {
  /** Absolute; not resolved, so that a linked package keeps the path it is found by. */
  readonly dir: string;
  readonly version: string;
}

/** Finds a package as `require` in a file of that directory would; null if it is not installed. */
export async function findInstalled(dir: string, name: string): Promise<InstalledPackage | null> {
  for (let at = dir; ; at = dirname(at)) {
    const found = join(at, 'node_modules', name);
    const raw = await readJson(join(found, 'package.json'));
    const version = raw?.['version'];
    if (typeof version === 'string') return { dir: found, version };
    if (at === dirname(at)) return null;
  }
}

async function readJson(file: string): Promise<Readonly<Record<string, unknown>> | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw unreadable(file, describeFault(error), error);
  }
  try {
    return record(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    throw unreadable(file, describeFault(error), error);
  }
}

function unreadable(file: string, why: string, cause: unknown): Error {
  return usageError(
    'package-json-unreadable',
    `${file} can't be read: ${why}.`,
    'npm could not read it either; correct it, or name the framework with --framework elsewhere.',
    cause,
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
