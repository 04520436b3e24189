import { compileGlob } from '../core/glob.ts';
import type { Unit } from '../core/unit.ts';
import type { Resource } from './lease-line.ts';

/** What holds for units whose path matches, or for all of a suite. */
export interface NeedsRule {
  /** Null for any. */
  readonly suite: string | null;
  /** Globs of unit paths; empty for any. */
  readonly match: readonly string[];
  readonly needs: readonly Resource[];
}

/** Says of each unit what it needs, each resource once. */
export function needsBy(rules: readonly NeedsRule[]): (unit: Unit) => readonly Resource[] {
  const compiled = rules.map(({ suite, match, needs }) => ({
    suite,
    globs: match.map(compileGlob),
    needs,
  }));
  return ({ path, suite }) => {
    const needed = new Map<string, Resource>();
    for (const rule of compiled) {
      if (rule.suite !== null && rule.suite !== suite) continue;
      if (rule.globs.length > 0 && !rule.globs.some((glob) => glob(path))) continue;
      for (const resource of rule.needs) needed.set(resource.name, resource);
    }
    return [...needed.values()];
  };
}
