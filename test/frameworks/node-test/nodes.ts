import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { isSystemError } from '../../../src/core/errors.ts';

/** A Node that suites may be run with. */
export interface InstalledNode {
  /** The directory that stands for it on `PATH`. */
  readonly path: string;
  readonly version: string;
}

/** The Nodes that may be on a machine: the one that runs this, and the distribution's. */
export function nodes(): readonly InstalledNode[] {
  const found = new Map<string, InstalledNode>();
  for (const path of [dirname(process.execPath), '/usr/local/bin', '/usr/bin']) {
    const version = versionOf(join(path, 'node'));
    if (version !== null && !found.has(version)) found.set(version, { path, version });
  }
  return [...found.values()].filter(({ version }) => Number(/^v(\d+)/.exec(version)?.[1]) >= 18);
}

function versionOf(node: string): string | null {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
