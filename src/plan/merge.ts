import { environmentError } from '../core/errors.ts';
import type { BrokenPart, Part } from '../core/part.ts';
import { compareIds, type PlanEntry } from '../core/plan-entry.ts';
import type { Totals } from '../core/run.ts';
import { nameUnits } from './name-units.ts';
import { type Contradiction, partContradiction } from './part-contradiction.ts';
import { describeDifference } from './plan-difference.ts';
import { sumTotals } from './sum-totals.ts';

/** Parts that were proven to cover one plan exactly once. */
export interface Cover {
  readonly planHash: string;
  readonly entries: readonly PlanEntry[];
  /** One for each shard, by its index. */
  readonly parts: readonly Part[];
  /** The sum of the parts' totals. */
  readonly totals: Totals;
}

/** One thing that stands in the way of a merge. */
interface Problem {
  readonly code:
    | 'merge-nothing'
    | 'merge-broken'
    | 'merge-inconsistent'
    | 'merge-foreign'
    | 'merge-doubled'
    | 'merge-dropped';
  readonly message: string;
}

/**
 * Proves that the parts cover the plan exactly once: every blob in order and true to itself, all
 * of one plan, every shard there and none twice, every unit finished once. A shard that has no
 * units must be there too: that nothing of it is missing is what its blob says.
 *
 * @throws PindownError (exit status 6) that names, for everything that is wrong, the file and the
 *   units concerned; its code is that of the first
 */
export function proveCover(parts: readonly Part[], broken: readonly BrokenPart[]): Cover {
  const problems: Problem[] = [];
  const sound: Part[] = [];
  for (const part of parts) {
    const contradiction = partContradiction(part);
    if (contradiction === null) sound.push(part);
    else problems.push(inconsistentProblem(part, contradiction));
  }
  const [ours, foreign] = splitByPlan(sound);
  const reference = ours[0];
  for (const part of broken) problems.push(brokenProblem(part, reference === undefined));
  for (const part of foreign) problems.push(foreignProblem(part, ours));
  if (reference === undefined) {
    if (problems.length === 0) {
      problems.push({ code: 'merge-nothing', message: 'There is nothing to merge.' });
    }
    throw refusal(problems);
  }
  const byShard = Map.groupBy(ours, indexOf);
  for (const doubled of byShard.values()) {
    if (doubled.length > 1) problems.push(doubledProblem(doubled));
  }
  for (let index = 1; index <= totalOf(reference); index += 1) {
    if (!byShard.has(index)) problems.push(droppedProblem(reference, index));
  }
  if (problems.length > 0) throw refusal(problems);
  return {
    planHash: reference.planHash,
    entries: reference.entries,
    parts: ours.toSorted((a, b) => indexOf(a) - indexOf(b)),
    totals: sumTotals(ours.map(({ counted }) => counted)),
  };
}

/** `shard 2/3`, or `the run` where it was not sharded. */
export function shardName(part: Part): string {
  return part.shard === null ? 'the run' : `shard ${part.shard.index}/${part.shard.total}`;
}

function indexOf(part: Part): number {
  return part.shard?.index ?? 1;
}

function totalOf(part: Part): number {
  return part.shard?.total ?? 1;
}

function unitsOfShard(part: Part, index: number): string[] {
  return part.entries.filter(({ shard }) => shard === index).map(({ id }) => id);
}

/** The plan that most parts follow, the first among equals; and those that follow another. */
function splitByPlan(parts: readonly Part[]): readonly [ours: readonly Part[], foreign: Part[]] {
  const plans = [...Map.groupBy(parts, (part) => part.planHash).values()];
  const ours = plans.reduce((most, plan) => (plan.length > most.length ? plan : most), []);
  return [ours, parts.filter((part) => !ours.includes(part))];
}

function inconsistentProblem({ file }: Part, { what, units }: Contradiction): Problem {
  return {
    code: 'merge-inconsistent',
    message: `${file} contradicts itself: ${what}${concerning(units)}`,
  };
}

function brokenProblem({ file, fault, units }: BrokenPart, alone: boolean): Problem {
  // Where another blob has the plan, the missing shard is named from it: that is proven.
  const named = alone && units.length > 0 ? ` It names these units: ${nameUnits(units)}.` : '';
  return { code: 'merge-broken', message: `${file} ${fault}.${named}` };
}

function foreignProblem(part: Part, ours: readonly Part[]): Problem {
  const reference = ours[0];
  const why = reference === undefined ? '' : ` ${describeDifference(reference, part)}`;
  return {
    code: 'merge-foreign',
    message: `${part.file} (${shardName(part)}) belongs to another plan${concerning(part.planned)}${why}`,
  };
}

function doubledProblem(parts: readonly Part[]): Problem {
  const [first] = parts;
  const files = parts.map(({ file }) => file).join(', ');
  const name = first === undefined ? '' : shardName(first);
  return {
    code: 'merge-doubled',
    message: `${name} is there ${parts.length} times (${files})${concerning(first?.planned ?? [])}`,
  };
}

function droppedProblem(reference: Part, index: number): Problem {
  return {
    code: 'merge-dropped',
    message: `shard ${index}/${totalOf(reference)} is missing${concerning(unitsOfShard(reference, index))}`,
  };
}

/** `; 3 units: a, b, c.` */
function concerning(units: readonly string[]): string {
  if (units.length === 0) return '; no unit is concerned.';
  const count = units.length === 1 ? '1 unit' : `${units.length} units`;
  return `; ${count}: ${nameUnits(units.toSorted(compareIds))}.`;
}

function refusal(problems: readonly Problem[]): Error {
  return environmentError(
    problems[0]?.code ?? 'merge-nothing',
    `The parts do not cover the plan exactly once, so nothing was merged:\n${problems
      .map(({ message }) => `  - ${message}`)
      .join('\n')}`,
    "Give merge the run directories of all shards of one run, each once, as they were written. Shards that disagree need the same durations: see 'pindown durations --help'.",
  );
}
