import type { Part } from '../core/part.ts';
import type { PlanEntry } from '../core/plan-entry.ts';
import { nameUnits } from './name-units.ts';

/** Why two parts have different plans, one or more sentences: what people have to put right. */
export function describeDifference(ours: Part, foreign: Part): string {
  const [here, there] = [byId(ours), byId(foreign)];
  const sentences: string[] = [];
  const totals = [ours, foreign].map(({ shard }) => shard?.total ?? 1);
  if (totals[0] !== totals[1]) {
    sentences.push(`It is one of ${totals[1]}, the others are of ${totals[0]}.`);
  }
  const missing = [...here.keys()].filter((id) => !there.has(id));
  if (missing.length > 0) sentences.push(`Its plan lacks ${nameUnits(missing)}.`);
  const added = [...there.keys()].filter((id) => !here.has(id));
  if (added.length > 0) sentences.push(`Only its plan has ${nameUnits(added)}.`);
  const common = [...here].flatMap(([id, entry]) => {
    const other = there.get(id);
    return other === undefined ? [] : [[entry, other] as const];
  });
  const differing = (test: (a: PlanEntry, b: PlanEntry) => boolean): string[] =>
    common.filter(([a, b]) => test(a, b)).map(([a]) => a.id);
  const frameworks = differing((a, b) => a.framework !== b.framework);
  if (frameworks.length > 0) {
    sentences.push(`It runs under another framework: ${nameUnits(frameworks)}.`);
  }
  const durations = differing((a, b) => a.expectedMs !== b.expectedMs);
  if (durations.length > 0) {
    sentences.push(`It expected other durations of ${nameUnits(durations)}.`);
  }
  return sentences.length === 0 ? 'Its units were split differently.' : sentences.join(' ');
}

function byId({ entries }: Part): ReadonlyMap<string, PlanEntry> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
