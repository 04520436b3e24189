import { relative, sep } from 'node:path';
import type { Unit } from '../core/unit.ts';
import type { Suite } from './framework.ts';
import { refuseUndecodable } from './undecodable-name.ts';

/** A test file that a framework has found, with what it needs to run it. */
export interface FoundFile {
  /** Absolute. */
  readonly file: string;
  readonly data: Unit['data'];
}

/**
 * The units of a suite whose units are files, sorted by path; of one file twice the first.
 *
 * @throws PindownError where a name is not UTF-8: two files would be one unit
 */
export function fileUnits(suite: Suite, found: readonly FoundFile[]): readonly Unit[] {
  const units = new Map<string, Unit>();
  for (const { file, data } of found) {
    const path = relative(suite.projectRoot, file).replaceAll(sep, '/');
    if (units.has(path)) continue;
    refuseUndecodable(file);
    units.set(path, {
      id: `${suite.name}:${path}`,
      suite: suite.name,
      framework: suite.framework,
      kind: 'file',
      path,
      file,
      data,
    });
  }
  return [...units.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
