import type { UnitResult } from '../core/attempt.ts';
import type { FrameworkName } from '../core/unit.ts';

/** Whose units are packages and binaries. */
const WITHOUT_FILES: ReadonlySet<FrameworkName> = new Set(['go', 'cargo']);

/** The file that a unit stands for, relative to the root; null for a package or a binary. */
export function unitFile(unit: UnitResult): string | null {
  return WITHOUT_FILES.has(unit.framework) ? null : unit.path;
}
