import type { Unit } from '../../core/unit.ts';
import type { Launch } from '../framework.ts';
import type { Taken } from './taken.ts';

/** How to start a taken binary, as strings for `Unit.data`. */
export function takenData({ cwd, binary, args, env }: Taken): Unit['data'] {
  return { start: JSON.stringify({ argv: [binary, ...args], cwd, env } satisfies Launch) };
}

/** How the unit's binary is started; null for a unit that did not come to be built. */
export function startOf(unit: Unit): Launch | null {
  const { start } = unit.data;
  return start === undefined ? null : (JSON.parse(start) as Launch);
}

/** What stands in `Unit.data` for a unit that could not be built: the file with the reason. */
export function failureData(file: string): Unit['data'] {
  return { failure: file };
}

/** A process for a unit that could not be built: it says why, and fails. */
export function failureLaunch(unit: Unit, cwd: string): Launch {
  const { failure } = unit.data;
  if (failure === undefined) throw new Error(`Expected a start or a failure of ${unit.id}`);
  return { argv: ['sh', '-c', 'cat "$1" >&2; exit 1', 'sh', failure], cwd, env: {} };
}
